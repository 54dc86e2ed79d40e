"""What is typed in an interview's room is recorded to the last character, whatever happens to the page meanwhile."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from tests.browser.conftest import somebody
from tests.browser.installation import ROOT, Installation
from tests.browser.workbench import Workbench

pytestmark = pytest.mark.timeout(600)
INVITE = """
import itertools, secrets
from datetime import timedelta
from django.utils import timezone
from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge
from gradetape.interviews.actions import setup
from gradetape.interviews.actions.invite import invite
from gradetape.interviews.models import Interview
ines = User.objects.create_user(f"ines-{secrets.token_hex(4)}@example.org", "d-long-password", role="interviewer")
interview = Interview(title="Recorded", minutes=60)
setup.set_up(interview=interview, asked=[setup.Asked(Challenge.objects.get(slug="custom-layer"), 1)], by=ines)
setup.open_up(interview=interview)
later = timezone.now() + timedelta(days=1)
print(invite(interview=Interview.objects.get(pk=interview.pk), text="cleo@example.org", expires_at=later).links[0].url)
"""
RECORDED = """
import json
from gradetape.interviews.models import Sitting
from gradetape.submissions.models import Submission
from gradetape.timeline.models import Entry
from gradetape.timeline.verifying import matches_of
sitting = Sitting.objects.get(pk={!r})
sent = Submission.objects.filter(candidate=sitting.candidate).order_by("created_at")
matches = matches_of(sitting)
entries = Entry.objects.filter(sitting=sitting).order_by("number").values("kind", "page", "data", "number")
print(json.dumps(dict(
    matches=[matches.get(one.pk) for one in sent], sources=[one.text for one in sent], entries=list(entries),
)))
"""
# Whether a tab is in front can't be changed in a headless browser, which always says that it is.
LOOK_AWAY = """(hidden) => {
  Object.defineProperty(document, "visibilityState", { value: hidden ? "hidden" : "visible", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
LOSE_FOCUS = """(ms) => new Promise((resolve) => {
  Object.defineProperty(document, "hasFocus", { value: () => false, configurable: true });
  dispatchEvent(new Event("blur"));
  setTimeout(() => {
    delete document.hasFocus;
    dispatchEvent(new Event("focus"));
    resolve();
  }, ms);
})"""


def ask(installation: Installation, code: str) -> str:
    """What Python code says that runs on the installation's database."""
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=installation.environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


class Room:
    """The page of the one challenge of somebody's interview."""

    def __init__(self, page: Page, installation: Installation) -> None:
        self.page, self.installation = page, installation
        self.workbench = Workbench(page)
        self.sitting = page.url.split("/sitting/")[1].split("/")[0]

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def send(self, name: str = "Run samples") -> None:
        with self.page.expect_response("**/submissions/") as answer:
            self.page.get_by_role("button", name=name).click()
        assert answer.value.status == 201, answer.value.text()

    def recorded(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(ask(self.installation, RECORDED.format(self.sitting)))
        return found

    def kinds(self) -> list[str]:
        return [entry["kind"] for entry in self.recorded()["entries"]]

    def wait_until_told(self) -> None:
        """Until nothing is left in this browser that the server does not have."""
        left = "() => !Object.keys(localStorage).some((key) => key.startsWith('gradetape:timeline:'))"
        self.page.wait_for_function(left, timeout=60_000)


@pytest.fixture
def context(chromium: Browser, installation: Installation) -> Iterator[BrowserContext]:
    """A browser that has no service but what is asked for: the candidate's."""
    with somebody(chromium, installation, patience_ms=60_000) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when a script breaks; that a connection broke, htmx may say as the browser does."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    usual = ("Failed to load resource", "htmx:")
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    yield page
    assert not [one for one in complaints if not one.startswith(usual)]


@pytest.fixture
def room(page: Page, installation: Installation) -> Room:
    """Somebody who has just started their interview."""
    page.goto(ask(installation, INVITE))
    expect(page.locator("#content").get_by_text("When you leave the page of a challenge")).to_be_visible()
    page.get_by_label("Your name").fill("Cleo")
    page.get_by_label("I have read what is recorded").check()
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/sitting/**")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/challenges/custom-layer/")
    room = Room(page, installation)
    room.workbench.editor.click()
    return room


def test_all_that_is_typed_is_recorded(room: Room, context: BrowserContext) -> None:
    """Typing, pasting, leaving, a connection that breaks, a reload without one, and hundreds of edits of all kinds."""
    page, workbench = room.page, room.workbench
    page.keyboard.press("Control+a")
    room.type("import tensorflow as tf\ndef f(x):\nreturn (x")
    workbench.paste("\r\n# pasted 😀\r\n")
    page.evaluate(LOOK_AWAY, True)
    page.evaluate(LOOK_AWAY, False)
    room.send()
    workbench.editor.click()
    page.keyboard.press("Control+End")
    context.set_offline(True)
    room.type("y = 'typed without a connection 🏳️‍🌈'\n")
    expect(workbench.saved).to_have_attribute("data-state", "offline")
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.reload()
    context.set_offline(False)
    page.goto(page.url if page.url.startswith("http") else f"/sitting/{room.sitting}/challenges/custom-layer/")
    workbench.expect_code("typed without a connection")
    room.send()
    many_edits(room, random.Random(3))
    room.send()
    found = room.recorded()
    assert found["matches"] == ["exact", "exact", "exact"]
    assert "y = 'typed without a connection 🏳️‍🌈'" in found["sources"][1]
    entries = found["entries"]
    pages = list(dict.fromkeys(entry["page"] for entry in entries if entry["page"]))
    assert len(pages) == 2
    assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))
    kinds = [entry["kind"] for entry in entries if entry["page"] == pages[0]]
    assert (kinds[0], kinds.count("left"), kinds.count("returned")) == ("opened", 2, 1)
    pasted = [entry["data"]["pasted"] for entry in entries if "pasted" in entry["data"]]
    assert pasted[0] == len("\n# pasted xx\n")
    # What was typed without a connection came under its own page, before what the next page told.
    assert "typed without a connection" in typed_on(pages[0], entries)
    assert [entry["page"] for entry in entries if entry["kind"] == "opened"] == pages


def typed_on(page: str, entries: list[dict[str, Any]]) -> str:
    """All that the edits of a page brought in."""
    sections = [section for entry in entries if entry["page"] == page for section in entry["data"].get("changes", [])]
    return "".join(line for section in sections if isinstance(section, list) for line in section[1:])


KEYS = [
    "Backspace", "Delete", "Enter", "Tab", "ArrowUp", "ArrowLeft", "Home", "Shift+ArrowDown", "Shift+Home", "Control+z",
    "Control+y", "Alt+ArrowUp", "Alt+ArrowDown", "Control+/", "Control+d", "Control+Backspace",
]  # fmt: skip
WORDS = ["x", "(", ")", "'", '"', "def ", "layer.call", "😀", "é", "# note\n", "日本", "    "]


def many_edits(room: Room, dice: random.Random) -> None:
    """As a person makes them who can't decide."""
    room.workbench.editor.click()
    room.page.keyboard.press("Control+End")
    for step in range(250):
        kind = dice.random()
        if kind < 0.5:
            room.page.keyboard.press(dice.choice(KEYS))
        elif kind < 0.9:
            room.page.keyboard.insert_text(dice.choice(WORDS))
        else:
            room.workbench.paste(dice.choice(["a\r\nb", "🏳️‍🌈", "x" * 40, "\n\n"]))
        if step % 50 == 0:
            room.page.keyboard.press("Control+End")
    assert room.workbench.editor.inner_text().strip()


def test_a_crash_loses_nothing(room: Room, context: BrowserContext) -> None:
    """Without a connection, and without a last moment in which the page could do anything."""
    page, address = room.page, room.page.url
    room.wait_until_told()
    context.set_offline(True)
    page.keyboard.insert_text("# typed before the crash\n")
    expect(room.workbench.saved).to_have_attribute("data-state", "offline")
    with page.expect_event("crash"), pytest.raises(Error):
        page.goto("chrome://crash")
    page.close()
    context.set_offline(False)
    after = context.new_page()
    after.goto(address)
    other = Room(after, room.installation)
    other.workbench.expect_code("typed before the crash")
    other.wait_until_told()
    entries = other.recorded()["entries"]
    pages = list(dict.fromkeys(entry["page"] for entry in entries))
    assert len(pages) == 2
    assert "typed before the crash" in typed_on(pages[0], entries)


def test_what_replaces_the_whole_text_is_an_edit_like_others(room: Room) -> None:
    page = room.page
    room.workbench.write("x = 1\n")
    page.get_by_role("button", name="Back to the starter").click()
    room.workbench.expect_code("class CustomDenseLayer")
    page.get_by_role("button", name="Bring my code back").click()
    room.workbench.expect_code("x = 1")
    room.send("Submit")
    found = room.recorded()
    assert (found["matches"], found["sources"]) == (["exact"], ["x = 1\n"])
    pastes = [entry["data"]["pasted"] for entry in found["entries"] if "pasted" in entry["data"]]
    assert pastes == [len("x = 1\n")]


def test_a_dialog_or_a_glance_elsewhere_is_no_leaving(room: Room) -> None:
    page = room.page
    page.get_by_role("button", name="What is recorded").click()
    expect(page.get_by_role("dialog", name="What is recorded")).to_contain_text("when you come back")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Rules").click()
    page.evaluate(LOSE_FOCUS, 100)
    room.send()
    assert room.kinds() == ["opened", "sent"]
    page.evaluate(LOSE_FOCUS, 3000)
    # Within the interview one goes on, and does not leave.
    page.get_by_role("link", name="Overview").click()
    page.wait_for_url(f"**/sitting/{room.sitting}/")
    page.go_back()
    expect(page.locator(".cm-content").first).to_be_visible()
    room.send()
    kinds = room.kinds()
    assert kinds[:4] == ["opened", "sent", "left", "returned"]
    assert kinds.count("left") == 1


@pytest.mark.parametrize("keys", ["Vim", "Emacs"])
def test_a_paste_is_one_under_other_keys_too(room: Room, keys: str) -> None:
    page, workbench = room.page, room.workbench
    page.get_by_role("button", name="Editor settings").click()
    page.get_by_role("dialog", name="Editor").get_by_label(keys).check()
    page.keyboard.press("Escape")
    workbench.editor.click()
    room.type("ggdGix")
    workbench.paste("pasted text\n")
    room.type("yz")
    room.send()
    found = room.recorded()
    assert found["matches"] == ["exact"]
    assert [entry["data"]["pasted"] for entry in found["entries"] if "pasted" in entry["data"]] == [12]


def test_two_windows_are_two_pages(room: Room, context: BrowserContext) -> None:
    second = context.new_page()
    second.goto(room.page.url)
    other = Room(second, room.installation)
    other.workbench.write("of the second window")
    other.send()
    found = other.recorded()
    assert (found["matches"], found["sources"]) == (["exact"], ["of the second window"])
    assert len({entry["page"] for entry in found["entries"] if entry["page"]}) == 2


def test_a_large_paste_comes_in_pieces(room: Room) -> None:
    text = "# é😀 line\n" * 4000
    room.workbench.write(text)
    room.wait_until_told()
    entries = room.recorded()["entries"]
    assert len(entries) == 1 + 1 + 3
    assert [entry["data"].get("pasted") for entry in entries] == [None, len(text) + 4000, None, None, None]


def let_pass(page: Page, seconds: int) -> None:
    """By the page's clock; in steps, since each answer of the server takes a moment of the true one."""
    for _ in range(seconds // 5):
        page.clock.run_for(5000)
        page.wait_for_timeout(50)


@pytest.mark.parametrize(("status", "says"), [(503, "is not recorded right now"), (413, "is not recorded any more")])
def test_trouble_is_told_quietly_and_stops_nobody(room: Room, status: int, says: str) -> None:
    page = room.page
    troubled = True

    def answer(route: Route) -> None:
        route.fulfill(status=status, json={"error": "asked"}) if troubled else route.continue_()

    page.clock.install()
    page.route("**/timeline/", answer)
    room.workbench.write("x = 1")
    told = page.locator("[data-record-state]")
    let_pass(page, 10)
    expect(told).to_have_text("" if status == 503 else re.compile(says))
    let_pass(page, 200)
    expect(told).to_contain_text(says)
    room.workbench.write("x = 2")
    room.send()
    troubled = False
    let_pass(page, 100)
    expect(told).to_have_text("" if status == 503 else re.compile(says))
    assert room.recorded()["matches"] == ["exact" if status == 503 else "unknown"]


def test_nothing_is_recorded_outside_of_interviews(page: Page, sign_up: Callable[[], str]) -> None:
    sign_up()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/challenges/custom-layer/")
    Workbench(page).write("x = 1")
    page.wait_for_timeout(3000)
    assert not [url for url in asked if "timeline" in url]
    assert not page.evaluate("Object.keys(localStorage).filter((key) => key.includes('timeline')).length")
