"""The rules of an interview by its pages: names hidden, a webhook that arrives, the log, and deleting somebody."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import ROOT, Installation
from tests.browser.test_accessibility import axe, everywhere
from tests.browser.test_interview import MAKE_INTERVIEWER, tell

__all__ = ["axe"]
pytestmark = pytest.mark.timeout(900)
HANDED_IN = """
from gradetape.interviews.actions import sit
from gradetape.interviews.models import Sitting
sitting = Sitting.objects.select_related("invitation__interview", "candidate").latest("consented_at")
sit.start(sitting=sitting)
sitting.refresh_from_db()
sit.hand_in(sitting=sitting)
"""


def set_up(page: Page) -> str:
    """An open interview with names hidden and a rule for keeping; answers the link of the one who is invited."""
    page.goto("/interviews/new/")
    page.get_by_label("Title").fill("Layers")
    page.get_by_label("Challenge 1", exact=True).fill("custom-layer")
    page.get_by_label("Hide the candidates’ names").check()
    page.get_by_label("Keep what candidates did for").fill("30")
    page.get_by_label("After that").select_option("delete")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Open it").click()
    page.get_by_label("People").fill("Cleo <cleo@example.org>")
    page.get_by_label("Send the links by mail").uncheck()
    page.get_by_role("button", name="Invite").click()
    return page.get_by_role("textbox", name="Cleo <cleo@example.org>").input_value()


def come_in(chromium: Browser, installation: Installation, link: str) -> Page:
    """Accepts, and has read how long it is kept."""
    context = chromium.new_context(base_url=installation.address)
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_text("kept for 30 days after your time is over, and then deleted").first).to_be_visible()
    page.get_by_label("I have read what is recorded").check()
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/sitting/**")
    return page


def add_webhook(page: Page) -> None:
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_label("Address").fill("http://127.0.0.1/hook")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("This host is not on the public Internet.")).to_be_visible()
    page.get_by_label("Address").fill("https://hooks.invalid/take?key=1")
    page.get_by_role("button", name="Add").click()
    assert page.get_by_role("textbox", name="https://hooks.invalid/take?key=1").input_value().startswith("gtwh_")
    page.get_by_role("button", name="Try it out").click()
    expect(page.locator("tbody")).to_contain_text("On its way")


def deliver(installation: Installation) -> None:
    """What a courier does; nothing answers under this name."""
    code = (
        "from gradetape.webhooks.models import Delivery; from gradetape.webhooks.delivering import deliver;"
        "[deliver(pk) for pk in Delivery.objects.values_list('pk', flat=True)]"
    )
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    subprocess.run(command, cwd=ROOT, env=installation.environment, check=True, capture_output=True)


def test_the_rules_of_an_interview(
    page: Page, chromium: Browser, installation: Installation, sign_up: Callable[[], str], axe: str
) -> None:
    tell(installation, MAKE_INTERVIEWER.format(sign_up()))
    link = set_up(page)
    interview = page.url.split("/invite")[0].rstrip("/") + "/"
    page.goto(interview)
    expect(page.locator("#invitations + p")).to_contain_text("Names are hidden")
    add_webhook(page)
    candidate = come_in(chromium, installation, link)
    tell(installation, HANDED_IN)
    deliver(installation)
    candidate.reload()
    expect(candidate.get_by_role("heading", name="How long it is kept")).to_be_visible()
    assert not everywhere(candidate, axe)
    candidate.context.close()
    for address in ("", "edit/", "webhooks/", "audit/"):
        assert not everywhere(page, axe, f"{interview}{address}"), address
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(interview)
    expect(page.locator(".candidates tbody")).to_contain_text("Candidate 1")
    expect(page.locator(".candidates tbody")).not_to_contain_text("leo")
    page.goto(f"{interview}webhooks/")
    expect(page.locator("tbody")).to_contain_text("next try")
    page.get_by_text("1 try").first.click()
    expect(page.locator("tbody")).to_contain_text("the host is not found")
    forget(page, interview, axe)
    read_the_log(page, interview)


def forget(page: Page, interview: str, axe: str) -> None:
    """Deletes the one candidate by typing their name."""
    page.goto(interview)
    page.get_by_text("Change the invitation of Cleo").click()
    page.get_by_role("link", name="Delete what is kept").click()
    page.get_by_label("To be sure, type: Cleo").fill("Somebody")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Nothing was deleted.")).to_be_visible()
    assert not everywhere(page, axe)
    page.get_by_label("To be sure, type: Cleo").fill("Cleo")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Deleted, with everything that was kept.")).to_be_visible()
    expect(page.get_by_text("Nobody is invited yet")).to_be_visible()


def read_the_log(page: Page, interview: str) -> None:
    page.goto(f"{interview}audit/")
    rows = page.locator("tbody")
    for words in ("deleted a candidate", "added a webhook", "opened the interview", "set the interview up"):
        expect(rows).to_contain_text(words)
    expect(rows).not_to_contain_text("Cleo")
    page.get_by_label("What").select_option(label="Added a webhook")
    page.get_by_role("button", name="Show").click()
    expect(rows.locator("tr")).to_have_count(1)
    expect(rows).to_contain_text("https://hooks.invalid")
    expect(rows).not_to_contain_text("key=1")
