"""The studio as an author sees it: what they write there, and how they begin."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.installation import Installation
from tests.browser.interviewing import tell
from tests.browser.workbench import PASTE

FILES = "/studio/projects/{}/files/"
MAKE_AUTHOR = (
    "from gradetape.accounts.models import User; "
    "User.objects.filter(email={!r}).update(role='author', trusted_to_publish=True)"
)


@pytest.fixture
def author(page: Page, installation: Installation, sign_up: Callable[[], str]) -> str:
    """Somebody who writes challenges, signed in."""
    address = sign_up()
    tell(installation, MAKE_AUTHOR.format(address))
    return address


class Desk:
    """The editor of the studio as a person sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.editor = page.locator("[data-editor] .cm-content")
        self.told = page.locator("[data-problems-told]")
        self.problems = page.locator("[data-problem-list] li")

    def open(self, slug: str, path: str) -> Desk:
        self.page.goto(f"{FILES.format(slug)}{path}/")
        return self

    def write(self, text: str) -> None:
        self.editor.click()
        self.page.keyboard.press("Control+a")
        self.editor.evaluate(PASTE, text)

    def saved(self) -> None:
        expect(self.page.locator("[data-save-state]")).to_have_attribute("data-state", "saved")

    def text(self) -> str:
        return "\n".join(self.editor.locator(".cm-line").all_inner_texts()).replace("\u200b", "")


def from_template(page: Page, slug: str) -> None:
    page.goto("/studio/new/")
    page.get_by_label("Title").fill("Scale the rows")
    page.get_by_label("Short name").fill(slug)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(f"**/projects/{slug}/")
