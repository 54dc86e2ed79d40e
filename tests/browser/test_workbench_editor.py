"""Writing code: names are completed, mistakes shown, and the keys are those that somebody is used to."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import FRONTEND, PASSWORD
from tests.browser.installation import ROOT, Installation
from tests.browser.workbench import Workbench

START = (
    "import tensorflow as tf\n\n\nclass CustomDenseLayer(tf.keras.layers.Layer):\n    def call(self, inputs):\n        "
)


def suggested(page: Page) -> Locator:
    return page.locator(".cm-tooltip-autocomplete li")


def faults(page: Page) -> Locator:
    return page.locator("[data-editor] .cm-lintRange-error")


def type_at_end(workbench: Workbench, text: str) -> None:
    workbench.editor.click()
    workbench.page.keyboard.press("Control+End")
    workbench.page.keyboard.type(text)


def choose(page: Page, label: str) -> None:
    page.get_by_role("button", name="Editor settings").click()
    page.get_by_role("dialog", name="Editor").get_by_label(label).check()
    page.keyboard.press("Escape")


def test_names_are_completed_from_the_contract_the_class_and_tensorflow(workbench: Workbench) -> None:
    page = workbench.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    workbench.write("")
    page.keyboard.type("Custom")
    expect(suggested(page).first).to_contain_text("CustomDenseLayer(units, activation=None")
    assert not [url for url in asked if url.endswith("names.json")]
    page.keyboard.press("Escape")
    workbench.write(START)
    type_at_end(workbench, "self.add_w")
    expect(suggested(page).first).to_contain_text("add_weight")
    page.wait_for_timeout(100)  # a choice made within a moment of the list's appearing is taken for typing on
    page.keyboard.press("Enter")
    workbench.expect_code("self.add_weight")
    type_at_end(workbench, "(tf.linalg.matm")
    expect(suggested(page).first).to_contain_text("matmul(a, b")


def test_a_mistake_is_shown_while_one_types_and_goes_when_it_is_mended(workbench: Workbench) -> None:
    page = workbench.page
    workbench.write(START + "return inputs +\n")
    expect(faults(page)).to_have_count(1)
    expect(page.locator("[data-editor] .cm-lint-marker-error")).to_be_visible()
    page.keyboard.press("F8")
    expect(page.locator(".cm-tooltip .cm-diagnosticText")).to_have_text("Something is missing after '+'.")
    page.keyboard.press("End")
    page.keyboard.type(" 1")
    expect(faults(page)).to_have_count(0)


def test_a_fault_of_the_last_run_stays_beside_what_is_typed(workbench: Workbench) -> None:
    workbench.write("import tensorflow as tf\n\nraise RuntimeError('on purpose')\n")
    workbench.run_samples()
    workbench.wait_until_graded()
    type_at_end(workbench, "x = 1 +")
    expect(faults(workbench.page)).to_have_count(2)
    expect(workbench.page.locator(".cm-faultyLine")).to_contain_text("on purpose")


def test_code_is_found_folded_and_indented(workbench: Workbench) -> None:
    page = workbench.page
    workbench.write(START + "pass\n")
    page.keyboard.press("Control+Home")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Shift+BracketLeft")
    expect(page.locator(".cm-foldPlaceholder")).to_be_visible()
    page.keyboard.press("Control+Shift+BracketRight")
    page.keyboard.press("Control+f")
    page.keyboard.type("inputs")
    expect(page.locator(".cm-searchMatch")).to_have_count(1)
    page.keyboard.press("Escape")
    workbench.write("")
    page.keyboard.type("def f(x):\nreturn (x")
    workbench.expect_code("    return (x)")


def test_vim_keys_come_when_chosen_and_are_remembered(workbench: Workbench) -> None:
    page = workbench.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    workbench.write("one\ntwo\nthree\n")
    assert not [url for url in asked if url.endswith("vim.js")]
    choose(page, "Vim")
    expect(page.locator("[data-editor] .cm-vim-panel")).to_contain_text("NORMAL")
    workbench.editor.click()
    page.keyboard.type("ggddp:w")
    page.keyboard.press("Enter")
    expect(workbench.editor).to_have_text(re.compile(r"two\s*one\s*three"))
    workbench.wait_until_saved()
    page.keyboard.press("Control+Enter")
    workbench.wait_until_graded()
    page.reload()
    expect(page.locator("[data-editor] .cm-vim-panel")).to_contain_text("NORMAL")
    choose(page, "Usual")
    expect(page.locator(".cm-vim-panel")).to_have_count(0)


def test_emacs_keys_come_when_chosen(workbench: Workbench) -> None:
    page = workbench.page
    workbench.write("one\ntwo\n")
    choose(page, "Emacs")
    page.wait_for_function("() => globalThis.gradetape?.keys.emacs")
    workbench.editor.click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+k")
    page.keyboard.press("Control+k")
    expect(workbench.editor).to_have_text(re.compile(r"^\s*two\s*$"))
    page.keyboard.press("Control+y")
    expect(workbench.editor).to_have_text(re.compile(r"^\s*one\s*two\s*$"))


def test_settings_are_of_the_browser_and_a_new_one_begins_with_the_accounts(
    page: Page, sign_up: Callable[[], str], chromium: Browser, installation: Installation
) -> None:
    address = sign_up()
    page.goto("/challenges/custom-layer/")
    page.get_by_role("button", name="Editor settings").click()
    with page.expect_response("**/editor/"):
        page.get_by_label("Text size").fill("18")
    expect(page.locator("[data-editor] .cm-content")).to_have_css("font-size", "18px")
    elsewhere = chromium.new_context(base_url=installation.address)
    other = elsewhere.new_page()
    other.goto("/accounts/login/")
    other.get_by_label("Email").fill(address)
    other.get_by_label("Password").fill(PASSWORD)
    other.locator("main").get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/dashboard/")
    other.goto("/challenges/custom-layer/")
    expect(other.locator("[data-editor] .cm-content")).to_have_css("font-size", "18px")
    other.get_by_role("button", name="Editor settings").click()
    other.get_by_label("Text size").fill("11")
    elsewhere.close()
    page.reload()
    expect(page.locator("[data-editor] .cm-content")).to_have_css("font-size", "18px")


def test_the_names_are_those_of_the_installed_tensorflow() -> None:
    """A new TensorFlow, Keras or NumPy: run the script without --check and commit what it writes."""
    command = [sys.executable, "-W", "ignore", str(FRONTEND / "names.py"), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
