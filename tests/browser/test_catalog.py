"""The catalogue as a person uses it: searching, filtering, going back, with keys alone and without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.installation import Installation

SignUp = Callable[[], str]


@pytest.fixture
def plain(chromium: Browser, installation: Installation) -> Iterator[Page]:
    """A page of a browser that runs no scripts."""
    context = chromium.new_context(base_url=installation.address, java_script_enabled=False)
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def test_the_list_follows_the_filters_and_the_address_keeps_them(page: Page, sign_up: SignUp) -> None:
    sign_up()
    rows = page.locator("#rows tbody tr")
    expect(rows).to_have_count(20)
    page.get_by_label("Difficulty").select_option("easy")
    expect(rows).to_have_count(1)
    page.wait_for_url(lambda url: url.endswith("/challenges/?difficulty=easy"))
    expect(page.locator("#found")).to_have_text("1 matches")
    page.reload()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Difficulty")).to_have_value("easy")
    page.get_by_role("link", name="Clear the filters").click()
    expect(rows).to_have_count(20)
    page.go_back()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Difficulty")).to_have_value("easy")


def test_searching_looks_at_topics_too_and_says_when_nothing_is_found(page: Page, sign_up: SignUp) -> None:
    sign_up()
    search = page.get_by_label("Search title, summary and topics")
    search.fill("replay target")
    expect(page.locator("#rows tbody th a")).to_have_text(
        ["A deep Q-learning agent that really does minibatch updates"]
    )
    expect(search).to_be_focused()
    search.fill("nothing like it")
    expect(page.get_by_text("No challenge matches").last).to_be_visible()
    expect(page.locator("#found")).to_have_text("No challenge matches")
    page.get_by_role("link", name="show all 20").click()
    expect(page.locator("#rows tbody tr")).to_have_count(20)


def test_what_to_try_next_is_one_click_away(page: Page, sign_up: SignUp) -> None:
    sign_up()
    section = page.get_by_role("region", name="What to try next")
    expect(section.get_by_role("listitem")).to_have_count(3)
    section.get_by_role("link").first.click()
    page.wait_for_url("**/challenges/*/")


def test_it_works_with_keys_alone(page: Page, sign_up: SignUp) -> None:
    sign_up()
    page.keyboard.press("/")
    page.keyboard.type("losses")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Topic", exact=True)).to_be_focused()
    expect(page.locator("#rows tbody tr")).not_to_have_count(20)
    page.locator("main").focus()
    page.keyboard.press("j")
    expect(page.locator("#rows [data-row]").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/challenges/*/")


def test_it_works_without_scripts(plain: Page, sign_up: SignUp) -> None:
    address = sign_up()
    plain.goto("/accounts/login/")
    plain.get_by_label("Email").fill(address)
    plain.get_by_label("Password", exact=True).fill(PASSWORD)
    plain.locator("main").get_by_role("button", name="Sign in").click()
    plain.goto("/challenges/")
    plain.get_by_label("Kind").select_option("scenario")
    plain.get_by_label("Sort").select_option("shortest")
    plain.get_by_role("button", name="Show", exact=True).click()
    expect(plain.locator("#rows tbody tr")).to_have_count(10)
    assert "kind=scenario" in plain.url
    assert "sort=shortest" in plain.url
