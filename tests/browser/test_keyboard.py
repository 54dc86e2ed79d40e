"""Everything that matters works without a mouse."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.workbench import Workbench


def test_writing_and_submitting_needs_only_keys(workbench: Workbench) -> None:
    page = workbench.page
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.classList.contains('cm-content')"):
            break
    expect(workbench.editor).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("nonsense = (")
    page.keyboard.press("Control+Shift+Enter")
    workbench.wait_until_graded()
    expect(workbench.headline).to_contain_text("Runtime error")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(workbench.editor).not_to_be_focused()
    page.keyboard.press("j")
    expect(workbench.case("forward")).to_have_attribute("aria-current", "true")


def test_shortcuts_lead_around(page: Page, workbench: Workbench) -> None:
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/dashboard/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/challenges/")
    page.keyboard.press("/")
    page.keyboard.type("dense")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.wait_for_url("**q=dense**")


def test_dividers_move_by_arrow_keys_and_are_remembered(workbench: Workbench) -> None:
    page = workbench.page
    divider = page.get_by_role("separator", name="Width of the statement")
    before = int(divider.get_attribute("aria-valuenow") or 0)
    divider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    after = int(divider.get_attribute("aria-valuenow") or 0)
    assert after > before
    page.reload()
    expect(divider).to_have_attribute("aria-valuenow", str(after))


def test_the_theme_is_remembered(page: Page, workbench: Workbench) -> None:
    switch = page.get_by_role("button", name="Theme")
    switch.click()
    switch.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
