"""What authors learn of a published challenge, and a report from the candidate to the authors and back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.authoring import MAKE_AUTHOR
from tests.browser.conftest import signed_up
from tests.browser.installation import ROOT, Installation
from tests.browser.interviewing import tell
from tests.browser.test_accessibility import axe, everywhere

__all__ = ["axe"]
pytestmark = pytest.mark.timeout(600)
WORDS = "The statement says that the bias is added last, and mine is."
LEARN = "/studio/challenges/custom-layer/learn/"
REPORTS = "/studio/challenges/custom-layer/reports/"


def planted(installation: Installation, address: str, number: int) -> Any:
    """What tests/browser/planted_gradings.py says after it has written its submissions."""
    command = [sys.executable, "-m", "tests.browser.planted_gradings", address, str(number)]
    done = subprocess.run(command, cwd=ROOT, env=installation.environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def author(others: BrowserContext, installation: Installation) -> Page:
    """The page of an author, in a browser of their own."""
    page = others.new_page()
    tell(installation, MAKE_AUTHOR.format(signed_up(page)))
    return page


def test_a_report_goes_to_the_authors_and_the_answer_comes_back(
    page: Page, author: Page, installation: Installation, sign_up: Callable[[], str], axe: str
) -> None:
    made = planted(installation, sign_up(), 0)
    page.goto(made["url"])
    page.locator(f'[data-case="{made["case"]}"]').click()
    link = page.get_by_role("link", name="This looks right to me")
    expect(link).to_be_visible()
    link.click()
    assert not everywhere(page, axe)
    page.get_by_label("Why does it look right to you?").fill(WORDS)
    page.get_by_role("button", name="Report the case").click()
    expect(page.get_by_role("heading", name="What you reported")).to_be_visible()
    expect(page.get_by_text("The authors have not answered yet.")).to_be_visible()

    author.goto("/studio/")
    author.get_by_role("link", name="Published challenges").click()
    author.get_by_role("link", name=f"1 open on {made['challenge']}").click()
    assert not everywhere(author, axe)
    author.get_by_role("link", name=made["title"]).click()
    expect(author.get_by_text(WORDS)).to_be_visible()
    expect(author.get_by_label("Code")).to_contain_text("class CustomDenseLayer")
    assert not everywhere(author, axe)
    author.get_by_label("The statement was unclear").check()
    author.get_by_label("Your answer").fill("It says so now.")
    author.get_by_role("button", name="Answer").click()
    expect(author.get_by_role("row", name=made["title"])).to_contain_text("Was unclear")

    page.goto("/dashboard/")
    assert not everywhere(page, axe)
    page.get_by_role("link", name="Read the answer").click()
    expect(page.get_by_text("It says so now.")).to_be_visible()
    assert not everywhere(page, axe)
    page.goto("/dashboard/")
    expect(page.get_by_role("link", name="Read the answer")).to_have_count(0)


def test_a_passed_case_offers_no_report(page: Page, installation: Installation, sign_up: Callable[[], str]) -> None:
    made = planted(installation, sign_up(), 0)
    page.goto(made["url"])
    passed = page.locator('[data-case][data-outcome="passed"]').first
    passed.click()
    expect(page.get_by_text("Nothing to mend here.")).to_be_visible()
    expect(page.get_by_role("link", name="This looks right to me")).to_have_count(0)


def test_figures_are_drawn_and_written(
    page: Page, author: Page, installation: Installation, sign_up: Callable[[], str], axe: str
) -> None:
    made = planted(installation, sign_up(), 60)
    author.goto("/studio/challenges/")
    author.get_by_role("link", name=made["challenge"], exact=True).click()
    author.wait_for_url(f"**{LEARN}")
    for name in ("Worth a look", "Cases", "What candidates are told most", "Until it is solved", "Scores"):
        expect(author.get_by_role("heading", name=name).first).to_be_visible()
    expect(author.get_by_text("Those who do well otherwise fail this case").first).to_be_visible()
    expect(author.get_by_role("img", name="Submissions by their score")).to_be_visible()
    for summary in author.get_by_text("As a table").all():
        summary.click()
    expect(author.get_by_role("rowheader", name="all points")).to_be_visible()
    assert not everywhere(author, axe)


def test_pages_with_nothing_on_them(author: Page, axe: str) -> None:
    slug = "custom-metric"
    for address in ("/studio/challenges/", f"/studio/challenges/{slug}/learn/", f"/studio/challenges/{slug}/reports/"):
        assert not everywhere(author, axe, address)
    expect(author.get_by_text("No reports")).to_be_visible()
