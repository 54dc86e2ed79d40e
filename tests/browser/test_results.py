"""Results as they come: two submissions at once, what is off as a map, curves in words, and stopping."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.workbench import GRADED_MS, Workbench

Source = Callable[[str], str]
WAITS = "import time\ntime.sleep(60)\n"


def test_a_second_submission_runs_beside_the_first_and_both_can_be_followed(
    workbench: Workbench, source: Source
) -> None:
    page, watches = workbench.page, workbench.page.locator("[data-watches] .watch")
    workbench.write(WAITS)
    with page.expect_response("**/submissions/"):
        workbench.run_samples()
    workbench.write(source("rejected/activation_before_bias"))
    workbench.submit()
    expect(watches).to_have_count(2)
    expect(watches.nth(1)).to_have_attribute("aria-pressed", "true")

    page.reload()
    expect(watches).to_have_count(2)
    watches.filter(has_text="Samples").click()
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(workbench.headline).to_contain_text("Cancelled")
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_hidden()

    watches.filter(has_text="Submission").click()
    workbench.wait_until_graded()
    expect(page.locator("[data-watches]")).to_be_hidden()
    workbench.case("forward").click()
    expect(workbench.detail.get_by_role("img", name="Map of the differences.")).to_be_visible()
    expect(workbench.detail).to_contain_text(re.compile(r"of 32 values are off\. The most: "))
    workbench.case("gradients").click()
    expect(workbench.detail.locator(".heat")).to_have_count(0)


def test_curves_are_drawn_and_told_while_a_case_trains(page: Page, sign_up: Callable[[], str]) -> None:
    """The story is told by this test, so that it is the same each time."""
    sign_up()
    frames = [("started", {}), ("case_started", {"case": "several_steps"})]
    frames += [
        ("progress", {"case": "several_steps", "values": {"step": step, "loss": 4 / step, "rate": 0.5}})
        for step in range(1, 9)
    ]
    stream = "".join(f"id: 1-{n}\nevent: {name}\ndata: {to_json(data)}\n\n" for n, (name, data) in enumerate(frames, 1))
    place = "/submissions/00000000-0000-4000-8000-000000000000/"
    created = to_json({"id": "x", "url": place, "events_url": f"{place}events/"})
    page.route(
        "**/training-loop/submissions/",
        lambda route: route.fulfill(status=201, content_type="application/json", body=created),
    )
    page.route(f"**{place}events/*", lambda route: route.fulfill(content_type="text/event-stream", body=stream))
    page.route(f"**{place}events/", lambda route: route.fulfill(content_type="text/event-stream", body=stream))
    page.goto("/challenges/training-loop/")
    workbench = Workbench(page)
    workbench.run_samples()
    page.get_by_role("tab", name="Training").click()
    words = page.locator("[data-curve-words] li")
    expect(words).to_have_text([
        "loss: from 4 to 0.5, lowest 0.5 at step 8, highest 4 at step 1.", "rate: from 0.5 to 0.5, never moved.",
    ])  # fmt: skip
    expect(page.locator("[data-chart] canvas")).to_be_visible()
    before = page.locator("[data-chart]").evaluate("box => [box.clientWidth, box.clientHeight]")
    page.get_by_label("Logarithmic").check()
    page.get_by_label("Smooth").check()
    page.locator("[data-numbers] summary").click()
    expect(page.locator("[data-numbers] tbody tr")).to_have_count(8)
    assert page.locator("[data-chart]").evaluate("box => [box.clientWidth, box.clientHeight]") == before


def test_a_submission_that_is_cut_off_from_its_page_can_be_stopped_on_its_own(workbench: Workbench) -> None:
    workbench.write(WAITS)
    workbench.submit()
    expect(workbench.results).to_have_attribute("data-phase", re.compile("queued|loading"))
    page = workbench.page
    page.get_by_role("tab", name="Attempts").click()
    page.locator("#attempts a").first.click()
    page.wait_for_url("**/submissions/**")
    page.get_by_role("button", name="Cancel", exact=True).click(timeout=GRADED_MS)
    expect(workbench.headline).to_contain_text("Cancelled")


def to_json(value: object) -> str:
    return json.dumps(value)


def test_what_nothing_is_heard_of_counts_as_sent_and_a_cancel_by_keyboard_keeps_the_focus(workbench: Workbench) -> None:
    page, cancel = workbench.page, workbench.page.get_by_role("button", name="Cancel", exact=True)
    workbench.write(WAITS)
    for address in ("**/submissions/*/events/*", "**/submissions/*/state/*"):
        page.route(address, lambda route: route.abort())
    workbench.submit()
    expect(workbench.results.locator("[data-link]")).to_contain_text("The connection was cut")
    expect(workbench.headline).to_have_text("Queued")
    cancel.press("Enter")
    expect(cancel).to_be_focused()
    page.unroute_all()
    expect(workbench.headline).to_contain_text("Cancelled")
    expect(page.get_by_role("button", name="Submit")).to_be_focused()
