"""axe-core finds nothing serious on any page, in either theme, wide or narrow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.installation import Installation
from tests.browser.workbench import Workbench

PUBLIC = ["/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere/"]
PRIVATE = ["/challenges/", "/challenges/?q=nothing-like-it", "/dashboard/", "/accounts/email/", "/accounts/2fa/"]
SIZES = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 390, "height": 844}}


@pytest.fixture(scope="session")
def axe(node_modules: Path) -> str:
    return (node_modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Page, axe: str) -> list[str]:
    """What is serious or worse, with where it is. The script comes by the debugger, which no policy binds."""
    page.evaluate(axe)
    result = page.evaluate("() => axe.run({ resultTypes: ['violations'] })")
    return [
        f"{page.url} {found['id']}: {node['target']} {node['failureSummary']}"
        for found in result["violations"]
        if found["impact"] in {"serious", "critical"}
        for node in found["nodes"]
    ]


def everywhere(page: Page, axe: str, address: str | None = None) -> list[str]:
    """The findings in both themes and at both sizes; of the page as it stands without an address."""
    found: list[str] = []
    for size in SIZES.values():
        for theme in ("light", "dark"):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            if address:
                page.goto(address)
            found += findings(page, axe)
    return found


@pytest.mark.parametrize("address", PUBLIC)
def test_pages_for_everybody(page: Page, axe: str, address: str) -> None:
    assert not everywhere(page, axe, address)


def test_pages_behind_the_sign_in(page: Page, axe: str, sign_up: Callable[[], str]) -> None:
    sign_up()
    assert not [found for address in PRIVATE for found in everywhere(page, axe, address)]


def test_the_workbench_with_a_result(workbench: Workbench, axe: str, source: Callable[[str], str]) -> None:
    page = workbench.page
    assert not everywhere(page, axe)
    page.set_viewport_size(SIZES["wide"])
    workbench.write(source("rejected/activation_before_bias"))
    workbench.run_samples()
    workbench.wait_until_graded()
    assert not everywhere(page, axe)
    for tab in ("Output", "Training", "Parts", "Attempts"):
        page.set_viewport_size(SIZES["wide"])
        page.get_by_role("tab", name=tab).click()
        assert not findings(page, axe)
    page.locator("#attempts a").first.click()
    page.wait_for_url("**/submissions/**")
    assert not everywhere(page, axe)


def test_no_page_asks_anybody_else(chromium: Browser, installation: Installation) -> None:
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(installation.address)
    page.wait_for_load_state("networkidle")
    context.close()
    assert asked
    assert all(url.startswith((installation.address, "data:")) for url in asked)
