"""Reloading, losing the connection, coming back: no event of a story is missed, and no typed letter."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.workbench import Workbench

Source = Callable[[str], str]


def story_of(page: Page) -> list[dict[str, object]]:
    """All events of the submission that the page follows, from the server."""
    address = page.evaluate("() => JSON.parse(document.getElementById('followed').textContent).url")
    return page.request.get(f"{address}state/").json()["events"]  # type: ignore[no-any-return]


def landed(story: list[dict[str, object]]) -> dict[str, str]:
    return {event["data"]["case"]: event["data"]["outcome"] for event in story if event["type"] == "case"}  # type: ignore[index]


def test_a_reload_in_the_middle_of_grading_misses_nothing(workbench: Workbench, source: Source) -> None:
    workbench.write(source("rejected/penalty_added_in_call"))
    workbench.wait_until_saved()
    workbench.submit()
    workbench.wait_for_first_case()
    workbench.page.reload()
    workbench.wait_until_graded()
    told = landed(story_of(workbench.page))
    assert len(told) == 11
    assert workbench.outcomes() == told


def test_a_cut_connection_in_the_middle_of_grading_misses_nothing(
    context: BrowserContext, workbench: Workbench, source: Source
) -> None:
    workbench.write(source("accepted/reshape_to_matrix"))
    workbench.wait_until_saved()
    workbench.submit()
    workbench.wait_for_first_case()
    context.set_offline(True)
    workbench.page.wait_for_timeout(1500)
    context.set_offline(False)
    workbench.wait_until_graded()
    outcomes = workbench.outcomes()
    workbench.page.reload()
    assert outcomes == landed(story_of(workbench.page))


def test_without_a_stream_the_page_asks_again_and_again(
    context: BrowserContext, workbench: Workbench, source: Source
) -> None:
    context.route("**/events/**", lambda route: route.fulfill(status=502))
    workbench.write(source("accepted/keras_only"))
    workbench.run_samples()
    workbench.wait_until_graded()
    expect(workbench.case("forward")).to_contain_text("passed")


def test_a_past_submission_tells_its_whole_story(workbench: Workbench, source: Source) -> None:
    workbench.write(source("rejected/mask_lost"))
    workbench.submit()
    workbench.wait_until_graded()
    outcomes = workbench.outcomes()
    page = workbench.page
    page.get_by_role("tab", name="Attempts").click()
    page.locator("#attempts a").first.click()
    page.wait_for_url("**/submissions/**")
    past = Workbench(page)
    expect(past.results).to_have_attribute("data-phase", "finished")
    assert past.outcomes() == outcomes
    past.expect_code("class CustomDenseLayer")


def test_a_draft_survives_leaving(workbench: Workbench) -> None:
    workbench.write("# half a thought")
    workbench.page.goto("/dashboard/")
    workbench.page.goto("/challenges/custom-layer/")
    workbench.expect_code("# half a thought")
    workbench.wait_until_saved()
    workbench.page.goto("/dashboard/")
    expect(workbench.page.get_by_text("Go on where you left off")).to_be_visible()


def test_what_could_not_be_saved_is_kept_in_the_browser(context: BrowserContext, workbench: Workbench) -> None:
    context.set_offline(True)
    workbench.write("# written in a tunnel")
    expect(workbench.saved).to_contain_text("kept in this browser")
    workbench.page.evaluate("window.stop()")
    context.set_offline(False)
    workbench.page.goto("/challenges/custom-layer/")
    workbench.expect_code("# written in a tunnel")
    workbench.wait_until_saved()


def test_a_page_made_before_the_last_saving_shows_what_was_saved(workbench: Workbench) -> None:
    page, address = workbench.page, "**/challenges/custom-layer/"
    stale = page.request.get(page.url).text()
    workbench.write("# typed after the page was made")
    workbench.wait_until_saved()
    page.route(address, lambda route: route.fulfill(body=stale, content_type="text/html"))
    page.reload()
    workbench.expect_code("# typed after the page was made")
    page.unroute(address)
    workbench.write("# and typed on")
    workbench.wait_until_saved()
    page.reload()
    workbench.expect_code("# and typed on")


def test_a_draft_changed_elsewhere_is_shown_beside_ones_own(context: BrowserContext, workbench: Workbench) -> None:
    elsewhere = context.new_page()
    elsewhere.goto("/challenges/custom-layer/")
    other = Workbench(elsewhere)
    other.write("# from the other window")
    other.wait_until_saved()
    workbench.write("# from this window")
    dialog = workbench.page.get_by_role("dialog", name="This draft was changed elsewhere")
    expect(dialog).to_contain_text("# from the other window")
    expect(dialog).to_contain_text("# from this window")
    dialog.get_by_role("button", name="Keep mine").click()
    workbench.wait_until_saved()
    workbench.page.reload()
    workbench.expect_code("# from this window")


def test_the_starter_comes_back_and_so_does_the_code(workbench: Workbench) -> None:
    workbench.write("# my own work")
    workbench.page.get_by_role("button", name="Back to the starter").click()
    workbench.expect_code("raise NotImplementedError")
    workbench.page.get_by_role("button", name="Bring my code back").click()
    workbench.expect_code("# my own work")
