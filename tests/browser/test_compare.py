"""Candidates side by side, as an interviewer with a keyboard goes through them, and as they come out of a printer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SUBMISSIONS
from tests.browser.installation import Installation
from tests.browser.planting_candidates import planting
from tests.browser.test_accessibility import axe, everywhere, findings
from tests.browser.test_interview import tell

__all__ = ["axe"]
pytestmark = pytest.mark.timeout(600)
NAMES = ["Ana Anders", "Bo Berg", "Cleo Cruz", "Dara Demir", "Eli Engel", "Hana Holm with a name that is rather long"]
SOURCES = ["accepted/eager_minded", "accepted/keras_only", "accepted/reshape_to_matrix", "rejected/penalty_halved"]


@pytest.fixture
def interview(page: Page, installation: Installation, sign_up: Callable[[], str]) -> Page:
    """The page of an interview whose fifth candidate sent what the first one did."""
    sources = [(SUBMISSIONS / f"{name}.py").read_text(encoding="utf-8") for name in SOURCES]
    tell(installation, planting(sign_up(), NAMES, sources))
    page.goto("/interviews/")
    page.get_by_role("link", name="Layers and losses").click()
    return page


def names(page: Page) -> list[str]:
    return [name.strip() for name in page.locator(".compare tbody th > a:first-child").all_inner_texts()]


def test_comparing_by_keyboard(interview: Page, axe: str) -> None:
    page = interview
    page.get_by_role("link", name="Compare").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Together")).to_have_attribute("aria-sort", "descending")
    by_points = names(page)
    assert set(by_points) == set(NAMES)
    page.get_by_role("link", name="Candidate", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Candidate")).to_have_attribute("aria-sort", "ascending")
    assert names(page) == NAMES != by_points
    page.get_by_role("link", name="Candidate", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Candidate")).to_have_attribute("aria-sort", "descending")
    assert names(page) == NAMES[::-1]
    page.get_by_role("link", name="Finished").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".compare tbody tr")).to_have_count(len(NAMES) - 1)
    assert names(page) == NAMES[-2::-1]
    assert not everywhere(page, axe, page.url)


def test_names_stay_while_the_table_scrolls(interview: Page) -> None:
    page = interview
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("link", name="Compare").click()
    box = page.get_by_role("region", name="Candidates side by side")
    box.evaluate("element => { element.scrollLeft = 600; }")
    name, frame = page.get_by_role("rowheader", name="Ana Anders").bounding_box(), box.bounding_box()
    assert name
    assert frame
    assert abs(name["x"] - frame["x"]) < 2
    assert box.evaluate("element => element.scrollLeft") == 600


def test_a_number_leads_to_its_moment(interview: Page) -> None:
    page = interview
    page.get_by_role("link", name="Compare").click()
    row = page.get_by_role("row", name="Ana Anders")
    expect(row).to_contain_text("changed, was")
    row.get_by_role("link", name="replay").first.click()
    # Planted seven minutes after the start.
    page.wait_for_url("**/replay/?at=420.0&task=custom-layer")
    expect(page.get_by_role("heading", name="Ana Anders")).to_be_visible()


def test_what_is_alike_is_shown_side_by_side(interview: Page, axe: str) -> None:
    page = interview
    page.get_by_role("link", name="Compare").click()
    alike = page.get_by_role("region", name="What is alike")
    alike.get_by_role("link", name="Ana Anders and Eli Engel").first.click()
    page.wait_for_url("**/compare/similar/**")
    expect(page.get_by_text("100 %")).to_be_visible()
    expect(page.get_by_role("region", name="Code: Ana Anders").locator("mark").first).to_contain_text("import")
    page.get_by_role("link", name="Stretch 2, go to the other side").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#b2")
    assert not everywhere(page, axe, page.url)
    page.get_by_label("Right").select_option(label="the reference")
    page.get_by_role("button", name="Set side by side").click()
    expect(page.get_by_role("heading", name="the reference")).to_be_visible()
    assert not findings(page, axe)


def test_the_report_on_paper(interview: Page, axe: str, tmp_path: Path) -> None:
    page = interview
    page.get_by_role("link", name="Report", exact=True).click()
    expect(page.get_by_role("button", name="Print or save as PDF")).to_be_visible()
    assert not everywhere(page, axe, page.url)
    page.emulate_media(media="print", color_scheme="dark")
    for gone in (page.get_by_role("banner"), page.locator(".footer"), page.get_by_role("button", name="Print")):
        expect(gone).to_be_hidden()
    expect(page.get_by_text("their reading is right, too")).to_be_visible()
    # Black on white, whatever the screen is set to, and the bars too.
    colours = page.evaluate(
        "() => [getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.body).color,"
        " getComputedStyle(document.querySelector('.report-parts .fill')).fill]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)", "rgb(0, 0, 0)"]
    assert page.screenshot(path=tmp_path / "report.png", full_page=True)
    paper = page.pdf(prefer_css_page_size=True)
    # Each candidate begins on a page of their own.
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page /") + paper.count(b"/Type /Page>") >= len(NAMES)
