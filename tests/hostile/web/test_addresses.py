"""Every address of the site: opened as somebody else, and sent to without a token.

The list comes from the URL resolver. A new address that carries an id fails the first test until addresses.toml says
whose it is, and everything below then holds for it as well.
"""

from __future__ import annotations

import itertools
import json
from urllib.parse import urlsplit

import pytest

from tests.hostile.web.addresses import Address, addresses, unknown
from tests.hostile.web.conftest import People
from tests.hostile.web.server import Server

ALL = [] if unknown() else addresses()
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SOMEBODYS = [one for one in ALL if one.owner in {"ana", "avi", "fay", "ines", "guest"}]
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
SCRIPT = {"Accept": "application/json", "Content-Type": "application/json"}
STREAM = {"Accept": "text/event-stream", "Last-Event-ID": "0-1"}
NOWHERE = dict.fromkeys(
    (
        "open",
        "graded",
        "interview",
        "invitation",
        "sitting",
        "handed",
        "webhook",
        "delivery",
        "proof",
        "proposal",
        "regrade",
    ),
    "00000000-0000-4000-8000-000000000000",
)
NOWHERE |= dict.fromkeys(("seat", "token", "key", "user", "team", "report"), 999_999)
NOWHERE |= dict.fromkeys(("project", "published"), "nowhere")
HOWS = {"a person": {}, "a script": SCRIPT, "a stream that reconnects": STREAM}


def named(address: Address) -> str:
    return address.route


def test_every_address_with_an_id_says_whose_it_is() -> None:
    assert not unknown(), "say in addresses.toml whose these are"
    assert len(ALL) > 50


@pytest.mark.parametrize("address", SOMEBODYS, ids=named)
@pytest.mark.parametrize("who", ["bob", "nobody"])
def test_what_is_hers_is_not_there_for_anybody_else(server: Server, people: People, address: Address, who: str) -> None:
    other, path = people(who), address.path.format(**server.facts)
    for how, headers in HOWS.items():
        said = {method: other.ask(method, path, headers=headers).status for method in METHODS}
        if who == "nobody":
            assert set(said.values()) <= {302, 401, 403}, (how, said)
            continue
        # 405 comes before anything is looked up, so it says nothing of what is there; so do allauth's OPTIONS.
        if address.owner == "fay":
            assert said.pop("OPTIONS") == 200
        assert set(said.values()) <= {404, 405}, (how, said)
        assert 404 in said.values(), (how, said)
    assert other.ask("GET", f"{path}?after=0-1&pk=1").status in {302, 401, 404, 405}
    mine = people("ana").ask("GET", f"/submissions/{server.facts['open']}/state/")
    assert json.loads(mine.text)["state"] == "queued"


@pytest.mark.parametrize("address", SOMEBODYS, ids=named)
def test_what_is_somebody_else_s_looks_like_what_is_not_there(server: Server, people: People, address: Address) -> None:
    answers = []
    for facts in (server.facts, NOWHERE):
        answer = people("bob").ask(address.only or "GET", address.path.format(**facts), headers=SCRIPT)
        answers.append((answer.status, answer.body, sorted(name for name, _ in answer.all)))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("address", [one for one in ALL if one.owner in {"ana", "avi", "ines"}], ids=named)
def test_her_own_opens(server: Server, people: People, address: Address) -> None:
    path = address.path.format(**server.facts)
    if not address.only:
        assert people(address.owner).ask("GET", path).status == 200
    answer = people(address.owner).ask(address.only or "GET", address.path.format(**dict.fromkeys(NOWHERE, "x")))
    assert answer.status == 404


@pytest.mark.parametrize("who", ["bob", "nobody"])
def test_the_admin_is_closed(server: Server, people: People, who: str) -> None:
    for address in ALL:
        if address.owner == "admin" and address.name not in {"login", "logout"}:
            answer = people(who).ask("GET", address.path)
            assert answer.status in {302, 403, 404}, address.path
            where = urlsplit(answer.headers.get("location", "/admin/login/"))
            assert where.path in {"/admin/login/", "/accounts/login/", f"{address.path}/"}, (address.path, where)


@pytest.mark.parametrize("method", CHANGING)
def test_nothing_is_taken_without_a_token(server: Server, people: People, method: str) -> None:
    """Not even from an administrator, at any address, whatever the body looks like."""
    ada = people("ada")
    guises = itertools.cycle([{}, SCRIPT, {"X-CSRFToken": "x" * 64}, {"X-Requested-With": "XMLHttpRequest"}])
    for address, headers in zip(ALL, guises, strict=False):
        answer = ada.ask(method, address.path.format(**server.facts), b"{}", headers, with_token=False)
        assert answer.status == 403, (address.path, headers, answer.status)


def test_a_token_of_somebody_else_is_none(server: Server, people: People) -> None:
    ana, bob = people("ana"), people("bob")
    path = "/challenges/markup/draft/"
    body = json.dumps({"source": "x", "revision": 0})
    assert bob.ask("PUT", path, body, {"X-CSRFToken": ana.token}).status == 403
    assert bob.ask("PUT", path, body, {"Origin": "https://evil.example"}).status == 403
    assert bob.ask("PUT", path, body, {"Referer": "https://evil.example/"}).status == 403
    assert bob.ask("PUT", path, body, {"Origin": "null"}).status == 403
    assert bob.ask("PUT", path, body).status == 200
