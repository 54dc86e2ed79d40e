"""Text that attacks whoever reads it, opened in a real Chromium: it is shown as text, and nothing in it acts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.browser.installation import ROOT
from tests.hostile.web.conftest import People
from tests.hostile.web.server import Server
from tests.hostile.web.visitor import SESSION_COOKIE

FOLDER = Path(__file__).parent
MARKUP: dict[str, Any] = tomllib.loads((FOLDER / "markup.toml").read_text(encoding="utf-8"))
PAGES: list[dict[str, Any]] = MARKUP["pages"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="session")
def seen(server: Server, people: People) -> dict[str, dict[str, Any]]:
    """What Chromium saw on each page."""
    if shutil.which("chromium") is None:
        pytest.skip("Chromium is not installed (make test installs it)")
    asked = [{"path": page["path"].format(**server.facts), "cookies": cookies(people, page["as"])} for page in PAGES]
    done = subprocess.run(
        [sys.executable, FOLDER / "looking.py"],
        input=json.dumps({"address": server.address, "pages": asked}),
        cwd=ROOT, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(zip((page["path"] for page in PAGES), json.loads(done.stdout), strict=True))


def cookies(people: People, who: str) -> list[dict[str, str]]:
    """The session, under the name that it has on a site without TLS."""
    return [] if who == "nobody" else [{"name": "sessionid", "value": people(who).cookies[SESSION_COOKIE]}]


def flat(text: str) -> str:
    """Without what browsers and editors do to white space, NUL and the terminal's own signs."""
    return " ".join(text.replace("\x00", "").split())


@pytest.mark.parametrize("page", PAGES, ids=[page["path"] for page in PAGES])
def test_hostile_text_does_nothing(seen: dict[str, dict[str, Any]], page: dict[str, Any]) -> None:
    found = seen[page["path"]]
    assert found["status"] == (404 if "nothing" in page["path"] else 200)
    assert (found["planted"], found["handlers"], found["links"], found["scripts"]) == (0, [], [], 0)
    assert (found["complaints"], found["reports"], found["pwned"], found["strangers"]) == ([], [], None, [])


@pytest.mark.parametrize("page", PAGES, ids=[page["path"] for page in PAGES])
def test_hostile_text_can_be_read(seen: dict[str, dict[str, Any]], page: dict[str, Any]) -> None:
    found = seen[page["path"]]
    for name in page["reads"]:
        assert flat(MARKUP[name]) in flat(found["text"]), name
    for name in page.get("editor", []):
        assert flat(MARKUP[name]) in flat(found["editor"]), name
    for name in page.get("details", []):
        assert flat(MARKUP[name]) in flat(found["details"]), name
    for text in page.get("output", []):
        assert text in found["output"]


def test_what_is_printed_cannot_write_a_story(server: Server, people: People) -> None:
    """Line breaks in an output stay inside their event: the stream has the events of the grading and no other."""
    answer = people("ana").ask("GET", f"/submissions/{server.facts['graded']}/state/")
    told = [event["type"] for event in json.loads(answer.text)["events"]]
    assert sorted(set(told)) == ["case", "case_started", "finished", "output", "queued", "started"]
    stream = people("ana").ask("GET", f"/submissions/{server.facts['graded']}/events/", whole=True).text
    assert "event: forged" not in stream.splitlines()
    assert [line for line in stream.splitlines() if line.startswith("event: finished")] == ["event: finished"]
    assert '"score":100' not in stream.split("event: output")[0]
