"""After the work: attempts side by side, notes that are never lost, the solution once it is solved or given up."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.installation import Installation
from tests.browser.test_accessibility import axe, findings
from tests.browser.workbench import Workbench

__all__ = ["axe"]
Source = Callable[[str], str]
PLACE = "/challenges/custom-layer"
CODE = "def compute_output_shape"


def test_two_attempts_are_compared_and_the_solution_opens_once_solved(
    workbench: Workbench, source: Source, axe: str
) -> None:
    page = workbench.page
    page.get_by_role("tab", name="Solution").click()
    expect(page.locator("#solution")).to_contain_text("Not open yet")
    workbench.write(source("rejected/activation_before_bias"))
    workbench.run_samples()
    workbench.wait_until_graded()
    workbench.write(source("accepted/documented_shape_repaired"))
    workbench.submit()
    workbench.wait_until_graded()
    expect(workbench.headline).to_contain_text("Accepted")
    expect(page.locator("#solution")).to_contain_text("You solved this.")

    page.get_by_role("tab", name="Attempts").click()
    expect(page.locator("#attempts")).to_contain_text("Best score 100")
    page.get_by_role("button", name="Compare the two chosen").click()
    expect(page.locator(".diff-cases")).to_contain_text("Forward pass")
    expect(page.locator(".diff-gone").first).to_be_visible()
    expect(page.locator(".diff-new").first).to_be_visible()
    found = findings(page, axe)
    page.get_by_role("link", name="Solution").click()
    expect(page.get_by_role("region", name="The reference's code")).to_contain_text("class CustomDenseLayer")
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        found += findings(page, axe)
    assert not found


def test_giving_up_is_confirmed_and_needs_no_script(
    chromium: Browser, context: BrowserContext, page: Page, sign_up: Callable[[], str], installation: Installation
) -> None:
    sign_up()
    plain = chromium.new_context(
        base_url=installation.address, java_script_enabled=False, storage_state=context.storage_state()
    )
    bare = plain.new_page()
    bare.goto(f"{PLACE}/solution/")
    expect(bare.locator("body")).not_to_contain_text(CODE)
    bare.get_by_label("I give this one up.").check()
    bare.get_by_role("button", name="Show me the solution").click()
    expect(bare.get_by_role("region", name="The reference's code")).to_contain_text(CODE)
    expect(bare.locator("#solution")).to_contain_text("You gave this one up")
    plain.close()


def test_notes_are_kept_while_they_are_typed_and_two_windows_lose_nothing(
    page: Page, context: BrowserContext, sign_up: Callable[[], str], axe: str
) -> None:
    sign_up()
    other = context.new_page()
    for one in (page, other):
        one.goto(f"{PLACE}/notes/")
    state = page.locator("[data-save-state]")
    page.get_by_label("Notes to yourself").fill("The **bias** first.")
    expect(state).to_have_attribute("data-state", "saved")
    expect(page.locator("#note-read strong")).to_have_text("bias")
    assert not findings(page, axe)

    other.evaluate("localStorage.clear()")
    other.get_by_label("Notes to yourself").fill("Glorot is uniform.")
    expect(other.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    for text in ("The **bias** first.", "Glorot is uniform."):
        expect(other.get_by_label("Notes to yourself")).to_have_value(containing(text))
    other.reload()
    for text in ("The **bias** first.", "Glorot is uniform."):
        expect(other.get_by_label("Notes to yourself")).to_have_value(containing(text))


def test_notes_survive_a_server_that_is_away(page: Page, sign_up: Callable[[], str]) -> None:
    sign_up()
    page.goto(f"{PLACE}/")
    page.route("**/notes/", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    page.get_by_role("tab", name="Notes").click()
    page.get_by_label("Notes to yourself").fill("Not lost.")
    expect(page.locator("#notes [data-save-state]")).to_have_attribute("data-state", "offline")
    page.unroute_all()
    page.goto(f"{PLACE}/notes/")
    expect(page.get_by_label("Notes to yourself")).to_have_value("Not lost.")
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "saved")


@pytest.mark.parametrize("part", ["attempts", "notes", "solution"])
def test_an_empty_page_says_what_will_be_there(page: Page, sign_up: Callable[[], str], axe: str, part: str) -> None:
    sign_up()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{PLACE}/{part}/")
    assert not findings(page, axe)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def containing(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text))
