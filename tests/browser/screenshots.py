"""Makes the pictures of the README anew: `python -m tests.browser.screenshots [FOLDER]`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from grader.package import Package, library
from tests.browser.conftest import CHROMIUM_OPTIONS, PASSWORD, SUBMISSIONS
from tests.browser.installation import ROOT, Installation
from tests.browser.interviewing import made_by, tell
from tests.browser.planting_candidates import planting
from tests.browser.workbench import Workbench

FOLDER = ROOT / "docs" / "screenshots"
PAGES = {
    "catalogue": "/challenges/",
    "dashboard": "/dashboard/",
    "solution": "/challenges/custom-metric/solution/",
}
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
    return without_labels((SUBMISSIONS / f"{name}.py").read_text(encoding="utf-8"))


def without_labels(source: str) -> str:
    lines = source.splitlines(keepends=True)
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


def solved(page: Page, *slugs: str) -> None:
    """Each challenge with an accepted submission, so that the pages behind them have something to show."""
    for slug in slugs:
        page.goto(f"/challenges/{slug}/")
        workbench = Workbench(page)
        source = next(iter(Package.from_folder(library()[slug]).submissions("accepted").values()))
        workbench.write(without_labels(source.decode()))
        workbench.submit()
        workbench.wait_until_graded()
        workbench.wait_until_saved()


def shoot(page: Page, folder: Path, name: str) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        expect(page.locator("html")).to_be_visible()
        page.screenshot(path=folder / f"{name}-{theme}.png")


def interviews(page: Page, running: Installation, folder: Path) -> None:
    """Candidates side by side, and one of them replayed."""
    names = ["Ana Anders", "Bo Berg", "Cleo Cruz", "Dara Demir", "Eli Engel"]
    sources = [code_of(name) for name in ("accepted/eager_minded", "accepted/keras_only", "rejected/penalty_halved")]
    tell(running, planting("ana@example.org", names, sources))
    page.goto("/interviews/")
    page.get_by_role("link", name="Layers and losses").click()
    page.get_by_role("link", name="Compare").click()
    shoot(page, folder, "compare")
    made = made_by(running, "ana@example.org", "2000", "40")
    page.goto(f"{made['place']}replay/")
    expect(page.locator("[data-replay]")).to_have_attribute("data-state", "ready")
    page.locator("[data-happenings]").get_by_role("button", name="Submitted").last.click()
    shoot(page, folder, "replay")


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
        solved(page, "custom-metric", "production-monitoring", "training-loop")
        page.get_by_role("tab", name="Training").click()
        shoot(page, folder, "training")
        for name, address in PAGES.items():
            page.goto(address)
            shoot(page, folder, name)
        solved(page, "custom-layer")
        page.goto("/challenges/custom-layer/attempts/")
        page.get_by_role("button", name="Compare the two chosen").click()
        shoot(page, folder, "difference")
        interviews(page, running, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
