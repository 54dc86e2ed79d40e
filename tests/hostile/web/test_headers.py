"""What every answer tells the browser, whoever asks and however it went."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.browser.installation import ROOT
from tests.hostile.web.addresses import addresses, unknown
from tests.hostile.web.conftest import People
from tests.hostile.web.server import Server
from tests.hostile.web.visitor import Answer

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
RULES = {
    "default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'self'", "form-action 'self'",
    "frame-ancestors 'none'", "connect-src 'self'",
}  # fmt: skip
YEAR = 365 * 24 * 3600


def check(answer: Answer, path: str) -> None:
    """The headers of one answer of Django's, whatever its status."""
    found = answer.headers
    assert ALWAYS.items() <= found.items(), (path, found)
    policy = {rule.strip() for rule in found["content-security-policy"].split(";")}
    assert policy >= RULES, (path, policy)
    style = next(rule for rule in policy if rule.startswith("style-src"))
    assert re.fullmatch(r"style-src 'self'( 'nonce-[\w+/=-]{22,}')?", style), (path, style)
    assert not re.search(r"unsafe|\*|https?:|data:(?!$)", " ".join(policy - {"img-src 'self' data:"})), (path, policy)
    age = re.search(r"max-age=(\d+); includeSubDomains", found["strict-transport-security"])
    assert age
    assert int(age[1]) >= YEAR
    assert not {"x-powered-by", "access-control-allow-origin"} & set(found), path


@pytest.mark.parametrize("who", ["ada", "bob", "nobody"])
def test_every_page_says_what_may_be_done_with_it(server: Server, people: People, who: str) -> None:
    assert not unknown()
    other = people(who)
    for address in addresses():
        if address.name == "logout":
            continue
        answer = other.ask("GET", address.path.format(**server.facts))
        assert answer.status < 500, address.path
        check(answer, address.path)
        assert "no-store" in answer.headers.get("cache-control", ""), address.path
        assert answer.headers["x-frame-options"] == "DENY", address.path


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nothing/", 404), ("/static/dist/app.js", 200), ("/static/dist/app.css", 200), ("/static/nothing.js", 404)],
)
def test_errors_and_files_say_it_too(people: People, path: str, status: int) -> None:
    answer = people("nobody").ask("GET", path)
    assert answer.status == status
    check(answer, path)


def test_a_refused_upload_is_not_read_as_anything_else(people: People) -> None:
    answer = people("nobody").ask("POST", "/accounts/login/", b"x" * 600_000)
    assert (answer.status, answer.headers["x-content-type-options"]) == (413, "nosniff")
    assert answer.headers["content-type"] == "application/json"


def test_each_page_has_a_nonce_of_its_own(people: People) -> None:
    nonces = {re.search(r'csp-nonce" content="([^"]+)"', people("bob").ask("GET", "/dashboard/").text) for _ in "abc"}
    assert len({found[1] for found in nonces if found}) == 3


def test_the_deployment_check_finds_nothing_to_warn_of(server: Server) -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=server.proxied, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
