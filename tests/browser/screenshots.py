"""Makes the pictures of the README anew: `python -m tests.browser.screenshots [FOLDER]`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM_OPTIONS, PASSWORD, SUBMISSIONS
from tests.browser.installation import ROOT, Installation
from tests.browser.workbench import Workbench

FOLDER = ROOT / "docs" / "screenshots"
SHOWN = "rejected/penalty_added_in_call"


def sign_up(page: Page) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("Email").fill("ana@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Name").fill("Ana")
    page.locator("main").get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/challenges/")


def code_of(name: str) -> str:
    """A sample submission without the lines that tell which case catches it."""
    lines = (SUBMISSIONS / f"{name}.py").read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(("# caught by:", "# why:", "# style:"))).lstrip("\n")


def graded(page: Page) -> None:
    """The workbench with a finished submission that has something left to mend."""
    page.goto("/challenges/custom-layer/")
    workbench = Workbench(page)
    workbench.write(code_of(SHOWN))
    workbench.submit()
    workbench.wait_until_graded()
    workbench.wait_until_saved()
    workbench.case("l2_penalty").click()
    page.locator(".cm-scroller").first.evaluate("element => { element.scrollTop = 0; }")


def shoot(page: Page, folder: Path, name: str) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator("html")).to_be_visible()
        page.screenshot(path=folder / f"{name}-{theme}.png")


def main(folder: Path) -> None:
    """Every picture in both themes."""
    folder.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium")
    assert program, "Chromium is not installed"
    with Installation() as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        page = browser.new_page(base_url=running.address, viewport={"width": 1440, "height": 900})
        sign_up(page)
        graded(page)
        shoot(page, folder, "workbench")
        page.goto("/challenges/")
        shoot(page, folder, "catalogue")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
