"""Watching and replaying a sitting: a candidate who types and an interviewer who looks on, each in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.installation import Installation
from tests.browser.interviewing import MAKE_INTERVIEWER, made_by, tell
from tests.browser.workbench import GRADED_MS, Workbench

pytestmark = pytest.mark.timeout(600)
CODE = "[data-editor] .cm-content"
LIVE_MS = 60_000
# The editor's own text: of a long one only what is near is drawn.
TEXT = "code => code.cmTile.root.view.state.doc.toString()"


def code_of(page: Page) -> str:
    return str(page.locator(CODE).first.evaluate(TEXT))


@pytest.fixture
def interviewer(installation: Installation, sign_up: Callable[[], str]) -> str:
    """The address of the one who is signed in at `page`."""
    address = sign_up()
    tell(installation, MAKE_INTERVIEWER.format(address))
    return address


def come_in(context: BrowserContext, link: str) -> Page:
    page = context.new_page()
    page.goto(link)
    page.get_by_label("I have read what is recorded").check()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sitting/**")
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/challenges/custom-layer/")
    return page


def same_text(page: Page, other: Page) -> None:
    """Until the watcher sees what the candidate sees."""
    expect(page.locator("[data-watch]")).to_have_attribute("data-state", "ready")
    wanted = code_of(other)
    page.wait_for_function(
        f"([selector, wanted]) => ({TEXT})(document.querySelector(selector)) === wanted", arg=[CODE, wanted],
        timeout=LIVE_MS,
    )  # fmt: skip


def test_watching_somebody_who_types(
    page: Page, context: BrowserContext, installation: Installation, interviewer: str, others: BrowserContext,
    source: Callable[[str], str],
) -> None:  # fmt: skip
    made = made_by(installation, interviewer, "invited")
    seat = come_in(others, made["link"])
    bench = Workbench(seat)
    place = f"{made['interview']}candidates/{seat.url.split('/')[4]}/"
    page.goto(f"{place}watch/")
    same_text(page, seat)
    expect(page.get_by_role("timer", name="Time left")).to_contain_text("59:")
    bench.editor.click()
    seat.keyboard.press("Control+End")
    seat.keyboard.type("\n# thinking 🐍")
    same_text(page, seat)
    # The watcher's connection is cut while typing goes on.
    context.set_offline(True)
    page.evaluate("() => window.dispatchEvent(new Event('offline'))")
    seat.keyboard.type(" aloud")
    bench.write(source("rejected/penalty_halved"))
    context.set_offline(False)
    same_text(page, seat)
    expect(page.locator("[data-happenings]")).to_contain_text("Pasted")
    # Cases land, those that the candidate is not told of as well.
    bench.submit()
    landed = page.locator("[data-sent] [data-outcome=passed]")
    expect(landed.first).to_be_visible(timeout=GRADED_MS)
    expect(page.locator("[data-sent] [data-case]")).to_have_count(11)
    expect(page.locator("[data-happenings]")).to_contain_text("cases pass", timeout=GRADED_MS)
    # Whoever comes in the middle sees the same, and goes to the next challenge with them.
    late = context.new_page()
    seat.get_by_role("link", name="A metric that survives").click()
    seat.wait_for_url("**/challenges/custom-metric/")
    late.goto(f"{place}watch/")
    for one in (page, late):
        expect(one.locator("[data-task=custom-metric]")).to_have_attribute("aria-pressed", "true", timeout=LIVE_MS)
        same_text(one, seat)
    late.close()
    # It is over: what was typed last is handed in, and the way is to the replay.
    Workbench(seat).write("# the last words")
    Workbench(seat).wait_until_saved()
    seat.goto(f"/sitting/{seat.url.split('/')[4]}/")
    seat.get_by_label("I am done").check()
    seat.get_by_role("button", name="Hand in and finish").click()
    page.wait_for_url("**/replay/", timeout=GRADED_MS)
    expect(page.locator("[data-replay]")).to_have_attribute("data-state", "ready")
    page.keyboard.press("End")
    expect(page.locator(CODE).first).to_contain_text("# the last words")
    expect(page.locator("[data-sent]")).to_contain_text("exactly the submitted source")


@pytest.fixture
def replay(page: Page, installation: Installation, interviewer: str) -> dict[str, Any]:
    """A sitting of twelve minutes, open at its replay."""
    made: dict[str, Any] = made_by(installation, interviewer, "0", "12")
    page.goto(f"{made['place']}replay/")
    expect(page.locator("[data-replay]")).to_have_attribute("data-state", "ready")
    return made


def happened(page: Page, text: str, number: int = 0) -> None:
    """Go to something that happened."""
    page.locator("[data-happenings]").get_by_role("button", name=text).nth(number).click()


def now(page: Page) -> str:
    return page.locator("[data-now]").inner_text()


def test_what_was_submitted_is_what_the_replay_shows(page: Page, replay: dict[str, Any]) -> None:
    happened(page, "Submitted", 0)
    assert code_of(page) == replay["wrong"]
    expect(page.locator("[data-sent]")).to_contain_text("exactly the submitted source")
    expect(page.locator("[data-sent]")).to_contain_text("Not graded yet at this moment")
    happened(page, "Submitted", 1)
    assert code_of(page) == replay["right"]
    happened(page, "Handed in at the end")
    assert code_of(page) == replay["last"]


def test_it_plays_to_the_end_and_leaves_idle_stretches_out(page: Page, replay: dict[str, Any]) -> None:
    happened(page, "Submitted", 1)
    page.get_by_role("button", name="16×").click()
    page.get_by_role("button", name="Play").click()
    expect(page.locator("[data-now]")).to_have_text("12:03", timeout=120_000)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert code_of(page) == replay["last"]
    expect(page.locator("[data-task=custom-metric]")).to_have_attribute("aria-pressed", "true")


def test_dragging_goes_through_time(page: Page, replay: dict[str, Any]) -> None:
    box = page.locator("[data-track]").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 4, middle)
    page.mouse.down()
    early = code_of(page)
    assert now(page) in {"3:00", "3:01"}
    page.mouse.move(box["x"] + box["width"], middle, steps=8)
    page.mouse.up()
    assert now(page) == "12:03"
    assert early != code_of(page) == replay["last"]


def test_keys_go_through_time(page: Page, replay: dict[str, Any]) -> None:
    seen = []
    for key in ("End", "Home", "ArrowRight", "Shift+ArrowRight", "ArrowLeft", "]", "]", "["):
        page.keyboard.press(key)
        seen.append(now(page))
    assert seen[:5] == ["12:03", "0:00", "0:05", "0:35", "0:30"]
    # The run and then the stretch away; and back.
    assert seen[5] < seen[6]
    assert seen[7] == seen[5]
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="4×")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("i")
    expect(page.get_by_label("Skip idle stretches")).not_to_be_checked()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_contain_text("Copy a link to this moment")


def test_to_the_first_that_passed(page: Page, replay: dict[str, Any]) -> None:
    page.keyboard.press("p")
    assert now(page).startswith("7:")
    expect(page.locator("[data-happenings] [aria-current]")).to_contain_text("Accepted: 11 of 11 cases pass")
    expect(page.locator("[data-sent] [data-outcome=passed]")).to_have_count(11)
    assert code_of(page) == replay["right"]


def test_a_link_leads_to_its_moment(page: Page, context: BrowserContext, replay: dict[str, Any]) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    happened(page, "Submitted", 0)
    at, code = now(page), code_of(page)
    page.keyboard.press("c")
    expect(page.get_by_text(f"The link to {at} is copied.")).to_be_visible()
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert "task=custom-layer" in link
    other = context.new_page()
    other.goto(link)
    expect(other.locator("[data-now]")).to_have_text(at)
    expect(other.get_by_role("button", name="Play")).to_be_visible()
    assert code_of(other) == code
    other.wait_for_timeout(600)
    assert now(other) == at


def test_another_task_is_chosen_and_left_again(page: Page, replay: dict[str, Any]) -> None:
    page.keyboard.press("End")
    page.locator("[data-task=custom-layer]").click()
    expect(page.get_by_label("Follow the candidate")).not_to_be_checked()
    assert code_of(page) == replay["right"]
    expect(page.locator("[data-code-state]")).to_contain_text("The candidate is at A metric that survives")
    page.get_by_label("Follow the candidate").check()
    assert code_of(page) == replay["last"]


def test_scrolling_away_and_back(page: Page, replay: dict[str, Any]) -> None:
    page.set_viewport_size({"width": 1440, "height": 620})
    happened(page, "Submitted", 0)
    page.locator(".cm-scroller").hover()
    page.mouse.wheel(0, -4000)
    back = page.get_by_role("button", name="Back to the change")
    expect(back).to_be_visible()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".cm-scroller").evaluate("element => element.scrollTop") == 0
    back.click()
    expect(back).to_be_hidden()
    page.wait_for_function("() => document.querySelector('.cm-scroller').scrollTop > 0")
