"""Going back: to an earlier version, from the starter, out of a conflict; and whichever way, no text is lost."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.workbench import Workbench


def versions(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Earlier versions")


def open_versions(page: Page) -> Locator:
    page.get_by_role("button", name="Earlier versions").click()
    dialog = versions(page)
    expect(dialog).to_be_visible()
    return dialog


def texts(page: Page) -> list[str]:
    """Every text among the versions, the newest first."""
    address = page.locator("[data-workbench]").get_attribute("data-draft-url") + "versions/"  # type: ignore[operator]
    rows = page.request.get(address).json()["versions"]
    return [page.request.get(f"{address}{row['revision']}/").json()["source"] for row in rows]


def save(workbench: Workbench, text: str) -> None:
    with workbench.page.expect_response("**/draft/"):
        workbench.write(text)
    workbench.wait_until_saved()


def test_a_version_comes_back_and_what_was_there_is_kept(workbench: Workbench) -> None:
    page = workbench.page
    save(workbench, "# the first thought")
    workbench.write("# the second thought, not saved yet")
    dialog = open_versions(page)
    expect(dialog.get_by_role("button", name="19 B")).to_have_attribute("aria-current", "true")
    expect(dialog.locator(".cm-mergeView")).to_contain_text("the first thought")
    dialog.get_by_role("button", name="Go back to this version").click()
    expect(dialog).to_be_hidden()
    workbench.expect_code("# the first thought")
    expect(workbench.editor).to_be_focused()
    workbench.wait_until_saved()
    assert texts(page)[0] == "# the second thought, not saved yet"
    dialog = open_versions(page)
    expect(dialog).to_contain_text("before a change at one stroke")
    dialog.get_by_role("button", name="Go back to this version").click()
    workbench.expect_code("# the second thought, not saved yet")


def test_the_list_is_read_by_keyboard(workbench: Workbench) -> None:
    page = workbench.page
    save(workbench, "# one")
    page.get_by_role("button", name="Back to the starter").click()
    workbench.expect_code("raise NotImplementedError")
    workbench.wait_until_saved()
    page.get_by_role("button", name="Earlier versions").focus()
    page.keyboard.press("Enter")
    dialog = versions(page)
    rows = dialog.locator(".version")
    expect(rows).to_have_count(1)
    rows.first.focus()
    expect(dialog.locator(".cm-mergeView")).to_contain_text("# one")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Earlier versions")).to_be_focused()


def test_without_a_version_the_dialog_says_so(workbench: Workbench) -> None:
    expect(open_versions(workbench.page)).to_contain_text("Nothing to go back to yet")


def test_both_texts_of_a_conflict_are_kept(context: BrowserContext, workbench: Workbench) -> None:
    save(workbench, "# as it was")
    elsewhere = context.new_page()
    elsewhere.goto("/challenges/custom-layer/")
    save(Workbench(elsewhere), "# from the other window")
    workbench.write("# from this window")
    dialog = workbench.page.get_by_role("dialog", name="This draft was changed elsewhere")
    dialog.get_by_role("button", name="Take the saved one").click()
    workbench.expect_code("# from the other window")
    workbench.wait_until_saved()
    assert {"# from this window", "# from the other window"} <= set(texts(workbench.page))


def test_what_two_windows_could_not_save_is_all_kept(context: BrowserContext, workbench: Workbench) -> None:
    page = workbench.page
    elsewhere = context.new_page()
    elsewhere.goto("/challenges/custom-layer/")
    other = Workbench(elsewhere)
    # Not by the context: what a page still sends while it is closed would get through.
    for cut in (page, elsewhere):
        cut.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('cut')); }")
    workbench.write("# typed here in a tunnel")
    expect(workbench.saved).to_contain_text("kept in this browser")
    other.write("# typed there in a tunnel")
    expect(other.saved).to_contain_text("kept in this browser")
    page.close()
    elsewhere.reload()
    other.expect_code("# typed there in a tunnel")
    other.wait_until_saved()
    dialog = open_versions(elsewhere)
    dialog.get_by_role("button", name="only in this browser").first.click()
    expect(dialog.locator(".cm-mergeView")).to_contain_text("# typed here in a tunnel")
