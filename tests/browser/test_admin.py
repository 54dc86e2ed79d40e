"""The administration in a browser: roles and teams are given there, and axe finds nothing on its pages.

axe reads style sheets in a way that Django's forms forbid, so it looks at pages whose complaints are not counted.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import signed_up
from tests.browser.installation import Installation
from tests.browser.interviewing import tell
from tests.browser.test_accessibility import axe, everywhere
from tests.browser.test_verdicts import PROMOTE

__all__ = ["axe"]
PAGES = [
    "/admin/", "/admin/accounts/", "/admin/accounts/user/", "/admin/accounts/user/add/", "/admin/accounts/team/add/",
    "/admin/catalog/challenge/", "/admin/catalog/challengeversion/1/change/", "/admin/audit/auditentry/",
]  # fmt: skip


@pytest.fixture
def administrator(page: Page, installation: Installation) -> str:
    """Whoever is at `page`: their address."""
    address = signed_up(page)
    tell(installation, PROMOTE.format(address))
    return address


def test_pages_of_the_administration(administrator: str, context: BrowserContext, axe: str) -> None:
    page = context.new_page()
    assert not [found for address in PAGES for found in everywhere(page, axe, address)]


def test_an_administrator_gives_roles_and_makes_a_team(
    administrator: str, page: Page, others: BrowserContext, context: BrowserContext, axe: str
) -> None:
    colleague = others.new_page()
    address = signed_up(colleague)
    assert colleague.goto("/admin/").status == 403
    page.goto("/admin/")
    page.get_by_role("link", name="Users").click()
    page.get_by_role("searchbox").or_(page.locator("#searchbar")).first.fill(address)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=address).click()
    page.get_by_label("Role").select_option("interviewer")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")
    page.goto("/admin/accounts/team/add/")
    page.get_by_label("Name").fill("Vision")
    page.get_by_label("Members").fill(f"{administrator}\n{address}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#result_list")).to_contain_text("Vision")
    page.goto("/admin/audit/auditentry/")
    expect(page.locator("#result_list")).to_contain_text("before: candidate, now: interviewer")
    colleague.goto("/interviews/")
    expect(colleague.get_by_role("heading", name="Interviews")).to_be_visible()
    colleague.goto("/accounts/profile/")
    expect(colleague.get_by_text("Your team: Vision")).to_be_visible()
    watched = context.new_page()
    assert not everywhere(watched, axe, "/admin/accounts/user/")
    page.goto("/admin/accounts/team/")
    page.get_by_role("link", name="Vision").click()
    assert not everywhere(watched, axe, page.url)
