"""axe-core finds nothing on any page, in either theme, wide or narrow; and no page scrolls sideways on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.authoring import MAKE_AUTHOR
from tests.browser.installation import Installation
from tests.browser.interviewing import MAKE_INTERVIEWER, made_by, tell
from tests.browser.workbench import Workbench

PUBLIC = ["/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere/"]
PRIVATE = ["/challenges/", "/challenges/?q=nothing-like-it", "/dashboard/", "/accounts/email/", "/accounts/2fa/"]
SIZES = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 390, "height": 844}}


@pytest.fixture(scope="session")
def axe(node_modules: Path) -> str:
    return (node_modules / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def findings(page: Page, axe: str) -> list[str]:
    """What axe holds against the page, with where it is. The script comes by the debugger, which no policy binds."""
    page.evaluate(axe)
    result = page.evaluate("() => axe.run({ resultTypes: ['violations'] })")
    return [
        f"{page.url} {found['id']}: {node['target']} {node['failureSummary']}"
        for found in result["violations"]
        if found["impact"] != "minor"
        for node in found["nodes"]
    ] + too_wide(page)


def too_wide(page: Page) -> list[str]:
    """A line when the page scrolls sideways."""
    width, room = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return [f"{page.url} is {width} px wide where {room} are"] if width > room else []


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


def test_every_tab_of_the_workbench_on_a_phone(workbench: Workbench, axe: str) -> None:
    page = workbench.page
    page.set_viewport_size(SIZES["narrow"])
    results = page.locator("[data-results]")
    for view, tabs in {"Statement": "[data-statement-tabs]", "Results": "[data-results-tabs]"}.items():
        page.locator("[data-views]").get_by_role("tab", name=view).click()
        for tab in page.locator(f"{tabs} [role=tab]").all():
            tab.click()
            page.wait_for_load_state("networkidle")
            assert not findings(page, axe)
    results.evaluate("element => { element.dataset.phase = 'running'; }")
    cancel, last = page.get_by_role("button", name="Cancel"), page.get_by_role("tab", name="Snippet")
    beside, end = cancel.bounding_box(), last.bounding_box()
    assert beside
    assert end
    assert end["x"] + end["width"] <= beside["x"]
    assert beside["x"] + beside["width"] <= SIZES["narrow"]["width"]


def test_the_pages_after_a_challenge(workbench: Workbench, axe: str) -> None:
    page = workbench.page
    for name in ("attempts", "notes", "solution"):
        assert not everywhere(page, axe, f"/challenges/custom-layer/{name}/")
    page.get_by_label("I give this one up").check()
    page.get_by_role("button", name="Show me the solution").click()
    page.get_by_role("heading", name="The reference").wait_for()
    assert not everywhere(page, axe)


@pytest.mark.timeout(900)
def test_watching_and_replaying(page: Page, axe: str, installation: Installation, sign_up: Callable[[], str]) -> None:
    address = sign_up()
    tell(installation, MAKE_INTERVIEWER.format(address))
    place = made_by(installation, address, "0", "12")["place"]
    for moment in ("", "?at=700&task=custom-layer"):
        assert not everywhere(page, axe, f"{place}replay/{moment}")
    page.get_by_role("button", name="cases pass").first.click()
    page.locator("[data-sent] [data-case]").first.click()
    assert not findings(page, axe)
    empty = made_by(installation, address, "started")["place"]
    for name in ("watch", "replay"):
        assert not everywhere(page, axe, f"{empty}{name}/")


def test_the_studio(page: Page, axe: str, installation: Installation, sign_up: Callable[[], str]) -> None:
    tell(installation, MAKE_AUTHOR.format(sign_up()))
    assert not [found for address in ("", "new/", "upload/") for found in everywhere(page, axe, f"/studio/{address}")]
    page.set_viewport_size(SIZES["wide"])
    page.goto("/studio/new/")
    page.get_by_label("A documented question").check()
    page.get_by_label("Short name").fill("axes")
    code = "```python\ndef halve(x):\n    return x / 2\n```"
    page.get_by_label("Question", exact=True).fill(f"**Halve it**\n\n{code}\n")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/projects/axes/")
    editors = [f"files/{name}/" for name in ("statement.md", "challenge.toml", "probes.py")]
    for address in ("", "about/", "upload/", "proof/", *editors):
        assert not everywhere(page, axe, f"/studio/projects/axes/{address}")
    page.locator("[data-problem-list] li").first.wait_for()
    for view in ("Files", "Help"):
        page.locator("[data-views]").get_by_role("tab", name=view).click()
        assert not findings(page, axe)


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
