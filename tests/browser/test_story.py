"""From signing up to an accepted solution, the way a candidate goes."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.workbench import Workbench

Source = Callable[[str], str]
SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.hadRecentInput ? 0 : entry.value;
}).observe({ type: "layout-shift", buffered: true });"""


def test_a_candidate_fails_a_case_reads_its_hint_mends_the_code_and_is_accepted(
    page: Page, sign_up: Callable[[], str], source: Source
) -> None:
    sign_up()
    page.get_by_role("table").get_by_role("link", name="A dense layer of your own").click()
    workbench = Workbench(page)

    workbench.write(source("rejected/penalty_added_in_call"))
    workbench.submit()
    workbench.wait_until_graded()
    failed = workbench.case("l2_penalty")
    expect(failed).to_contain_text("failed")
    failed.click()
    expect(workbench.detail).to_contain_text("The penalty belongs to the kernel, not to a call.")

    workbench.write(source("accepted/documented_shape_repaired"))
    workbench.submit()
    workbench.wait_until_graded()
    expect(workbench.headline).to_contain_text("Accepted")
    assert set(workbench.outcomes().values()) == {"passed"}

    page.keyboard.press("Escape")
    page.get_by_role("link", name="Dashboard").click()
    newest = page.locator("#recent tbody tr").first
    expect(newest).to_contain_text("A dense layer of your own")
    expect(newest).to_contain_text("Accepted")
    expect(newest).to_contain_text("100")
    expect(page.get_by_text("1 of 20").first).to_be_visible()


def test_nothing_jumps_while_results_stream(page: Page, sign_up: Callable[[], str], source: Source) -> None:
    sign_up()
    page.add_init_script(SHIFTS)
    page.goto("/challenges/custom-layer/")
    workbench = Workbench(page)
    workbench.write(source("rejected/documented_answer"))
    workbench.submit()
    workbench.wait_until_graded()
    assert page.evaluate("window.shifted") < 0.005


def test_the_samples_show_what_was_got_and_wanted(workbench: Workbench, source: Source) -> None:
    workbench.write(source("rejected/activation_before_bias"))
    workbench.run_samples()
    workbench.wait_until_graded()
    outcomes = workbench.outcomes()
    assert outcomes["forward"] == "failed"
    assert outcomes["gradients"] == "not_run"
    workbench.case("forward").click()
    expect(workbench.detail).to_contain_text("Got")
    expect(workbench.detail).to_contain_text("Wanted")


def test_a_syntax_error_stands_at_its_line(workbench: Workbench) -> None:
    workbench.write("import tensorflow as tf\n\nclass CustomDenseLayer(:\n    pass\n")
    workbench.run_samples()
    workbench.wait_until_graded()
    expect(workbench.headline).to_contain_text("Runtime error")
    expect(workbench.page.locator(".cm-faultyLine")).to_have_text("class CustomDenseLayer(:")
    workbench.page.get_by_role("button", name="Go to line 3").click()
    expect(workbench.editor).to_be_focused()


def test_what_the_code_prints_is_shown_as_text(workbench: Workbench, source: Source) -> None:
    hostile = 'print("<img src=x onerror=alert(1)>\\x1b[31mred\\x1b[0m")\n'
    workbench.write(hostile + source("accepted/documented_shape_repaired"))
    workbench.run_samples()
    workbench.wait_until_graded()
    workbench.page.get_by_role("tab", name="Output").click()
    output = workbench.page.locator("[data-output]")
    expect(output).to_contain_text("<img src=x onerror=alert(1)>")
    expect(output.locator(".ansi-fg-1").first).to_have_text("red")
    expect(output.locator("img")).to_have_count(0)
