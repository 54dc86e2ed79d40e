"""An interview from setting it up to its report: who set it up, a candidate and a colleague who watches and reviews."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import signed_up
from tests.browser.installation import Installation
from tests.browser.interviewing import MAKE_INTERVIEWER, tell
from tests.browser.test_accessibility import axe, findings
from tests.browser.test_review import comment, decide, score
from tests.browser.workbench import GRADED_MS, Workbench

__all__ = ["axe"]
pytestmark = pytest.mark.timeout(600)
# As if most of the time had gone by.
LEAVE_SECONDS = """
from datetime import timedelta
from django.utils import timezone
from gradetape.interviews.models import Sitting
sitting = Sitting.objects.latest("consented_at")
by = sitting.deadline - timezone.now() - timedelta(seconds={})
Sitting.objects.filter(pk=sitting.pk).update(started_at=sitting.started_at - by, deadline=sitting.deadline - by)
"""
SENT = """
from gradetape.interviews.models import Sitting
from gradetape.submissions.models import Submission
sent = [one.text for one in Submission.objects.filter(candidate=Sitting.objects.latest("consented_at").candidate)]
assert len(sent) == 2 and sent[0] == {!r}, sent
"""
CODE = "[data-editor] .cm-content"
TYPED = "# typed when the time was up"


def set_up(page: Page, axe_source: str) -> str:
    """By the pages alone; answers the link of the one who is invited."""
    page.goto("/interviews/")
    page.get_by_role("link", name="New interview").click()
    page.get_by_label("Title").fill("Layers")
    page.get_by_label("Instructions").fill("Take your **time**.")
    page.get_by_label("Challenge 1", exact=True).fill("custom-layer")
    assert not findings(page, axe_source)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Open it").click()
    page.get_by_label("People").fill("Cleo <cleo@example.org>\nnobody at all")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("alert")).to_contain_text("Line 2, “nobody at all”")
    assert not findings(page, axe_source)
    return page.get_by_role("textbox", name="Cleo <cleo@example.org>").input_value()


def come_in(page: Page, link: str, axe_source: str) -> None:
    """From the link to the first challenge, by keys alone."""
    page.goto(link)
    assert not findings(page, axe_source)
    page.get_by_label("I have read what is recorded").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sitting/**")
    expect(page.get_by_text("Live results get through.")).to_be_visible()
    expect(page.locator("[data-trial] .cm-content")).to_contain_text("def double")
    assert not findings(page, axe_source)
    page.get_by_role("button", name="Start").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/challenges/custom-layer/")


def shut_out(chromium: Browser, installation: Installation, link: str, axe_source: str) -> None:
    """A link that is passed on, or altered, lets nobody in."""
    away = chromium.new_context(base_url=installation.address)
    stranger = away.new_page()
    for address, says in ((link, "This link has been used"), (f"{link[:-2]}/", "This link lets nobody in")):
        stranger.goto(address)
        expect(stranger.get_by_role("heading")).to_have_text(says)
        assert not findings(stranger, axe_source)
    away.close()


def work(page: Page, code: str, axe_source: str) -> None:
    """Submits what passes the samples and fails on hidden cases, of which nothing is told."""
    workbench = Workbench(page)
    expect(page.get_by_role("timer")).to_contain_text("59:")
    expect(workbench.results.locator("[data-case]")).to_have_count(2)
    workbench.write(code)
    workbench.submit()
    workbench.wait_until_graded()
    expect(workbench.headline).to_contain_text("Submitted: 2 of 2 samples pass")
    assert set(workbench.outcomes().values()) == {"passed"}
    expect(page.get_by_role("link", name="Submitted: A dense layer")).to_be_visible()
    workbench.wait_until_saved()
    assert not findings(page, axe_source)
    assert not on_a_phone(page, axe_source)


def on_a_phone(page: Page, axe_source: str) -> list[str]:
    """What axe holds against the room's views on a phone, and which of them scroll sideways."""
    page.set_viewport_size({"width": 390, "height": 844})
    found: list[str] = []
    for view in ("Statement", "Code", "Results"):
        page.locator("[data-views]").get_by_role("tab", name=view).click()
        found += findings(page, axe_source)
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def type_into_the_end(page: Page, installation: Installation, axe_source: str) -> None:
    """What was typed last is handed in, and the page says so by itself."""
    tell(installation, LEAVE_SECONDS.format(15))
    page.reload()
    workbench = Workbench(page)
    workbench.expect_code("class CustomDenseLayer")
    workbench.write(TYPED)
    expect(page.get_by_role("dialog", name="The time is up")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", name="Thank you, Cleo")).to_be_visible(timeout=60_000)
    assert not findings(page, axe_source)
    page.goto("/challenges/custom-layer/")
    expect(page.get_by_text("404")).to_be_visible()


def colleague_of(others: BrowserContext, installation: Installation) -> tuple[Page, str]:
    """Another interviewer, and their address."""
    page = others.new_page()
    address = signed_up(page)
    tell(installation, MAKE_INTERVIEWER.format(address))
    return page, address


def share(page: Page, colleague: str) -> None:
    """With somebody who sees nothing of it before."""
    page.get_by_label("Share it with").fill(colleague)
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".team-list")).to_contain_text(colleague)


def watch(colleague: Page) -> None:
    """What the candidate is not told of: all cases."""
    colleague.goto("/interviews/")
    colleague.get_by_role("link", name="Layers").click()
    colleague.locator(".candidates").get_by_role("link", name="Watch").click()
    expect(colleague.locator("[data-watch]")).to_have_attribute("data-state", "ready")
    expect(colleague.locator(CODE).first).to_contain_text("class CustomDenseLayer")


def replay_and_review(colleague: Page, axe_source: str) -> None:
    """From the end of the watching to a recommendation."""
    expect(colleague.locator("[data-happenings]")).to_contain_text("cases pass")
    colleague.wait_for_url("**/replay/", timeout=GRADED_MS)
    expect(colleague.locator("[data-replay]")).to_have_attribute("data-state", "ready")
    colleague.locator("[data-happenings]").get_by_role("button", name="Handed in at the end").click()
    expect(colleague.locator(CODE).first).to_contain_text(TYPED)
    expect(colleague.locator("[data-sent]")).to_contain_text("exactly the submitted source")
    assert not findings(colleague, axe_source)
    colleague.get_by_role("link", name="Review", exact=True).click()
    base = colleague.url
    comment(colleague, base, "Half of the penalty is missing.")
    score(colleague, "2")
    decide(colleague, 2, "Knows layers, reads past the statement.")


def report(page: Page) -> None:
    """Whoever set it up sees what the colleague found, in the table, in the report and in a file."""
    page.goto("/interviews/")
    page.get_by_role("link", name="Layers").click()
    expect(page.locator(".candidates")).to_contain_text("Time was up")
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("row", name="Cleo")).to_be_visible()
    with page.expect_download() as waited:
        page.get_by_role("link", name="CSV file").click()
    assert "Cleo" in waited.value.path().read_text(encoding="utf-8-sig")
    page.go_back()
    page.get_by_role("link", name="Report", exact=True).click()
    expect(page.get_by_role("heading", name="Cleo")).to_be_visible()
    expect(page.get_by_text("class CustomDenseLayer").first).to_be_visible()


def test_an_interview(
    page: Page,
    chromium: Browser,
    others: BrowserContext,
    installation: Installation,
    sign_up: Callable[[], str],
    source: Callable[[str], str],
    axe: str,
) -> None:
    colleague, colleague_address = colleague_of(others, installation)
    tell(installation, MAKE_INTERVIEWER.format(sign_up()))
    link = set_up(page, axe)
    share(page, colleague_address)
    away = chromium.new_context(base_url=installation.address, viewport={"width": 1440, "height": 900})
    away.set_default_timeout(30_000)
    candidate = away.new_page()
    come_in(candidate, link, axe)
    shut_out(chromium, installation, link, axe)
    candidate.wait_for_timeout(2_500)
    watch(colleague)
    work(candidate, source("rejected/penalty_halved"), axe)
    expect(colleague.locator("[data-sent] [data-case]")).to_have_count(11)
    # The laptop is closed and opened again.
    candidate.close()
    candidate = away.new_page()
    candidate.goto(link)
    candidate.get_by_role("navigation").get_by_role("link", name="Submitted: A dense layer").click()
    type_into_the_end(candidate, installation, axe)
    away.close()
    tell(installation, SENT.format(TYPED))
    replay_and_review(colleague, axe)
    report(page)
