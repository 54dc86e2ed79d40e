"""The dashboard as a person sees it: at first, and while what they sent is being graded."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.workbench import GRADED_MS

SignUp = Callable[[], str]
BROKEN = "import tensorflow as tf\n\nclass (\n"
SEND = """async ([slug, source]) => {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const answer = await fetch(`/challenges/${slug}/submissions/`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ source, kind: "submit" }),
  });
  return (await answer.json()).id;
}"""


def send(page: Page, slug: str) -> Locator:
    """Sends a file that is graded quickly, from whatever page is open; answers its row on the dashboard."""
    made = page.evaluate(SEND, [slug, BROKEN])
    return page.locator(f'[data-submission="{made}"]')


def test_somebody_new_is_told_what_will_be_here(page: Page, sign_up: SignUp) -> None:
    sign_up()
    page.goto("/dashboard/")
    for said in ("Choose a challenge and run its samples.", "Nothing submitted yet", "0 of 20"):
        expect(page.get_by_text(said, exact=True)).to_be_visible()
    page.locator("main").get_by_role("link", name="See the challenges").press("Enter")
    page.wait_for_url("**/challenges/")


def test_several_submissions_are_followed_live(page: Page, sign_up: SignUp) -> None:
    sign_up()
    first = send(page, "custom-layer")
    second = send(page, "custom-loss")
    page.goto("/dashboard/")
    page.evaluate("window.isSame = true")
    third = send(page, "custom-metric")
    for row in (first, second, third):
        expect(row).to_have_attribute("data-state", "finished", timeout=GRADED_MS)
        expect(row.locator("[data-verdict]")).to_contain_text("Runtime error")
        expect(row.locator("[data-score]")).to_have_text("0")
    expect(page.locator("#overview")).to_contain_text("Under way3")
    expect(page.get_by_role("region", name="Go on")).to_contain_text("Go on where you left off")
    expect(page.locator("#under-way li.card")).to_have_count(3)
    assert page.evaluate("window.isSame")


def test_where_no_stream_gets_through_the_list_is_asked_for(page: Page, sign_up: SignUp) -> None:
    sign_up()
    page.route("**/dashboard/events/", lambda route: route.abort())
    row = send(page, "custom-layer")
    page.goto("/dashboard/")
    expect(row).to_have_attribute("data-state", "finished", timeout=GRADED_MS)
    expect(row.locator("[data-verdict]")).to_contain_text("Runtime error")


def test_activity_stands_in_a_table_too(page: Page, context: BrowserContext, sign_up: SignUp) -> None:
    sign_up()
    row = send(page, "custom-layer")
    page.goto("/dashboard/")
    expect(row).to_have_attribute("data-state", "finished", timeout=GRADED_MS)
    page.get_by_text("As a table").press("Enter")
    cells = page.get_by_role("region", name="Activity by week").locator("tbody tr").first.locator("td")
    expect(cells).to_have_text(["1", "1", "0", "none yet"])
    assert "zone" in {cookie["name"] for cookie in context.cookies()}
