"""Trying something out beside the file: its output comes as it is printed, and it counts for nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.workbench import GRADED_MS, Workbench

FILE = "def double(x):\n    return 2 * x\n"


class Snippet:
    """The tab as a person sees it."""

    def __init__(self, workbench: Workbench) -> None:
        self.workbench, self.page = workbench, workbench.page
        self.root = self.page.locator("[data-scratch]")
        self.editor = self.root.locator(".cm-content")
        self.output = self.root.locator("[data-scratch-output]")
        self.state = self.root.locator("[data-scratch-state]")

    def write(self, text: str) -> None:
        self.page.get_by_role("tab", name="Snippet").click()
        self.editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def run(self) -> None:
        self.page.keyboard.press("Alt+Enter")

    def wait_for(self, phase: str) -> None:
        expect(self.root).to_have_attribute("data-phase", phase, timeout=GRADED_MS)

    @property
    def cancel(self) -> Locator:
        return self.root.get_by_role("button", name="Cancel")


@pytest.fixture
def snippet(workbench: Workbench) -> Snippet:
    workbench.write(FILE)
    return Snippet(workbench)


def test_a_snippet_has_the_files_names_and_its_output_streams(snippet: Snippet) -> None:
    snippet.write("import time\nprint('begun <b>', flush=True)\ntime.sleep(3)\ndouble(21)")
    snippet.run()
    expect(snippet.output).to_contain_text("begun <b>", timeout=GRADED_MS)
    expect(snippet.state).to_have_text("Running")
    expect(snippet.output).not_to_contain_text("42")
    snippet.wait_for("finished")
    expect(snippet.output).to_contain_text("42")
    expect(snippet.state).to_have_text("Ran to its end")
    page = snippet.page
    expect(page.locator("[data-head]")).to_contain_text("Not run yet")
    page.get_by_role("tab", name="Attempts").click()
    expect(page.locator("#attempts")).to_contain_text("Nothing sent yet")


def test_an_error_stands_at_its_line_of_the_snippet_or_of_the_file(snippet: Snippet) -> None:
    snippet.write("x = 0\ndouble(1) / x")
    snippet.run()
    snippet.wait_for("finished")
    expect(snippet.state).to_have_text("Runtime error")
    expect(snippet.root.locator(".cm-faultyLine")).to_have_text("double(1) / x")
    expect(snippet.output).to_contain_text("ZeroDivisionError")
    snippet.write("double(None)")
    snippet.run()
    expect(snippet.output).to_contain_text("TypeError", timeout=GRADED_MS)
    expect(snippet.page.locator("[data-editor] .cm-faultyLine")).to_contain_text("return 2 * x")


def test_it_is_cancelled_by_keyboard(snippet: Snippet) -> None:
    snippet.write("print('on', flush=True)\nwhile True: pass")
    snippet.run()
    expect(snippet.output).to_contain_text("on", timeout=GRADED_MS)
    snippet.cancel.focus()
    snippet.page.keyboard.press("Enter")
    snippet.wait_for("cancelled")
    expect(snippet.state).to_have_text("Cancelled")
    expect(snippet.root.get_by_role("button", name="Run")).to_be_focused()


def test_the_snippet_and_its_output_survive_leaving(snippet: Snippet) -> None:
    snippet.write("print('still here')")
    snippet.run()
    snippet.wait_for("finished")
    snippet.page.goto("/dashboard/")
    snippet.page.goto("/challenges/custom-layer/")
    snippet.page.get_by_role("tab", name="Snippet").click()
    expect(snippet.editor).to_have_text("print('still here')")
    expect(snippet.output).to_contain_text("still here")
    snippet.write("# half a thought")
    snippet.page.reload()
    expect(snippet.editor).to_have_text("# half a thought")


def test_a_snippet_changed_elsewhere_is_never_overwritten_unseen(context: BrowserContext, snippet: Snippet) -> None:
    elsewhere = context.new_page()
    elsewhere.goto("/challenges/custom-layer/")
    other = Snippet(Workbench(elsewhere))
    other.write("# from the other window")
    expect(other.root.locator("[data-save-state]")).to_have_attribute("data-state", "saved")
    expect(other.root.locator("[data-save-state]")).to_contain_text(":")
    snippet.write("# from this window")
    dialog = snippet.page.get_by_role("dialog", name="changed elsewhere")
    expect(dialog).to_contain_text("# from the other window")
    dialog.get_by_role("button", name="Take the saved one").click()
    expect(snippet.editor).to_have_text("# from the other window")


def test_alt_enter_leads_to_an_empty_snippet(snippet: Snippet) -> None:
    snippet.workbench.editor.click()
    snippet.run()
    expect(snippet.editor).to_be_focused()
    expect(snippet.root).to_have_attribute("data-phase", "idle")
