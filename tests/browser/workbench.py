"""The workbench as a person sees it: what they do there, and what they read."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

GRADED_MS = 180_000
PASTE = """(element, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


class Workbench:
    """The page of a challenge, or any page with a result panel on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.editor = page.locator("[data-editor] .cm-content")
        self.results = page.locator("[data-results]")
        self.saved = page.locator("#view-code [data-save-state]")

    def write(self, source: str) -> None:
        """Replaces all code by a paste."""
        self.editor.click()
        self.page.keyboard.press("Control+a")
        self.paste(source)

    def paste(self, text: str) -> None:
        """A paste without the machine's clipboard, which a headless browser may not read."""
        self.editor.evaluate(PASTE, text)

    def submit(self) -> None:
        self.page.get_by_role("button", name="Submit").click()

    def run_samples(self) -> None:
        self.page.get_by_role("button", name="Run samples").click()

    def wait_until_graded(self) -> None:
        expect(self.results).to_have_attribute("data-phase", "finished", timeout=GRADED_MS)

    def wait_for_first_case(self) -> None:
        landed = self.results.locator("[data-case]:not([data-outcome=waiting], [data-outcome=running])")
        expect(landed.first).to_be_attached(timeout=GRADED_MS)

    def wait_until_saved(self) -> None:
        expect(self.saved).to_have_attribute("data-state", "saved")

    def case(self, name: str) -> Locator:
        return self.results.locator(f"[data-case={name}]")

    def outcomes(self) -> dict[str, str]:
        """The outcome of each case by its id, as the rows say."""
        rows = self.results.locator("[data-case]").all()
        return {row.get_attribute("data-case") or "": row.get_attribute("data-outcome") or "" for row in rows}

    @property
    def headline(self) -> Locator:
        return self.results.locator("[data-head]")

    @property
    def detail(self) -> Locator:
        return self.results.locator("[data-detail]")

    def expect_code(self, fragment: str) -> None:
        expect(self.editor).to_contain_text(re.compile(re.escape(fragment)))
