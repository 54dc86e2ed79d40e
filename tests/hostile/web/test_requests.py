"""The requests of requests.toml, one by one, sent to the real server."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.hostile.web.conftest import People
from tests.hostile.web.server import Server
from tests.hostile.web.visitor import FORM, Answer, Visitor, raw

REQUESTS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "requests.toml").read_text())["requests"]
LONG = {"{digits}": "9" * 5000, "{long}": "a" * 200_000, "{kib64}": "#" * 65536}


def filled(text: str, server: Server) -> str:
    """The text with what stands for something long, or for what was planted."""
    for name, value in {**LONG, **{f"{{{key}}}": str(fact) for key, fact in server.facts.items()}}.items():
        text = text.replace(name, value)
    return text


def sender(request: dict[str, Any], server: Server, people: People) -> Visitor:
    """Who sends it. Signing in or out takes somebody of its own, since it changes them."""
    who = request.get("as", "ana")
    if who not in {"sign-in", "sign-out"}:
        return people(who)
    visitor = people("nobody")
    if who == "sign-out":
        visitor.sign_in(server.facts["emails"]["bob"], server.facts["password"])
        visitor.ask("GET", "/dashboard/")
    return visitor


def body_of(request: dict[str, Any], server: Server) -> tuple[bytes, dict[str, str]]:
    """The body and the type that it says it has."""
    if request.get("as") == "sign-in":
        form = {"login": server.facts["emails"]["bob"], "password": server.facts["password"]}
        return urlencode(form).encode(), {"Content-Type": FORM}
    if "form" in request:
        return urlencode({name: filled(v, server) for name, v in request["form"].items()}).encode(), {
            "Content-Type": FORM
        }
    if "fields" in request:
        return "&".join(f"f{number}=x" for number in range(request["fields"])).encode(), {"Content-Type": FORM}
    if "hex" in request:
        return bytes.fromhex(request["hex"]), {"Content-Type": "application/json"}
    kind = {"Content-Type": "application/json"} if "json" in request else {}
    return (filled(request.get("json", request.get("body", "")), server) * request.get("repeat", 1)).encode(), kind


def sent(request: dict[str, Any], server: Server, people: People) -> Answer:
    """Send it, and read the answer."""
    if "raw" in request:
        answer = raw(server.proxied_port, filled(request["raw"], server).replace("\n", "\r\n").encode())
        if not answer:
            return Answer(0, [], b"")
        head, _, body = answer.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        pairs = [(line.partition(":")[0].lower(), line.partition(":")[2].strip()) for line in lines]
        assert answer.count(b"HTTP/1.1 ") <= request.get("answers", 1)
        return Answer(int(status.split()[1]), pairs, body)
    visitor = sender(request, server, people)
    body, headers = body_of(request, server)
    headers |= {name: filled(value, server) for name, value in request.get("headers", {}).items()}
    return visitor.ask(request.get("method", "GET"), filled(request["path"], server), body, headers)


@pytest.mark.parametrize("request_", REQUESTS, ids=[request["name"] for request in REQUESTS])
def test_a_hostile_request_gets_what_it_must(server: Server, people: People, request_: dict[str, Any]) -> None:
    answer = sent(request_, server, people)
    assert answer.status in request_["status"], (answer.status, answer.text[:500])
    assert "traceback" not in answer.text.lower()
    headers = "\n".join(f"{name}: {value}" for name, value in answer.all)
    assert "x-injected" not in {name for name, _ in answer.all}
    where = answer.headers.get("location", "")
    assert re.fullmatch(r"(/([^/\\].*)?|https://grade\.example\.org/.*)?", where), where
    assert request_.get("location", where) == where
    assert request_.get("says", "") in headers + answer.text
    if "never" in request_:
        assert request_["never"] not in headers + answer.text
    assert not set(request_.get("without", [])) & set(answer.headers)


def test_names_say_one_request_each() -> None:
    names = [request["name"] for request in REQUESTS]
    assert len(names) == len(set(names)) >= 30


def test_afterwards_the_server_is_well_and_has_logged_no_fault_of_its_own(server: Server, people: People) -> None:
    assert people("bob").ask("GET", "/dashboard/").status == 200
    assert "status_code=5" not in server.log()
    assert "Exception in ASGI" not in server.log()
