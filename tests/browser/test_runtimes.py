"""A challenge of each runtime is solved in the browser, by what its package says is right."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from grader.package import Package, library
from tests.browser.workbench import Workbench

RUNTIMES = {"keras3": "custom-metric", "keras2": "inference-optimization"}


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_challenge_of_each_runtime_is_solved(page: Page, sign_up: Callable[[], str], runtime: str) -> None:
    package = Package.from_folder(library()[RUNTIMES[runtime]])
    assert package.runtime == runtime
    sign_up()
    page.get_by_role("table").get_by_role("link", name=package.title).click()
    workbench = Workbench(page)
    workbench.write(next(iter(package.submissions("accepted").values())).decode())
    workbench.submit()
    workbench.wait_until_graded()
    expect(workbench.headline).to_contain_text("Accepted")
    assert workbench.outcomes() == {case.id: "passed" for case in package.cases}


def test_the_runtimes_are_all_that_packages_ask_for() -> None:
    assert {Package.from_folder(folder).runtime for folder in library().values()} == set(RUNTIMES)
