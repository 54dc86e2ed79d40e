"""A browser, a whole installation, and people who use it."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.installation import ROOT, Installation
from tests.browser.workbench import Workbench

FRONTEND = ROOT / "platform" / "frontend"
SUBMISSIONS = ROOT / "challenges" / "custom-layer" / "submissions"
CHROMIUM_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
PASSWORD = "a rather long pass phrase"
NUMBERS = itertools.count(1)
# On a busy machine a page takes its time; what is not so after that will not be.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests beside this file drive a browser; none may touch the platform's own test database."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    with Installation() as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for each file of tests: Playwright's event loop, while it lasts, keeps Django from its database."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed (make test installs it)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@contextmanager
def somebody(chromium: Browser, installation: Installation, patience_ms: int = 30_000) -> Iterator[BrowserContext]:
    """A browser of somebody's own."""
    context = chromium.new_context(base_url=installation.address, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(patience_ms)
    yield context
    context.close()


@pytest.fixture
def context(chromium: Browser, installation: Installation) -> Iterator[BrowserContext]:
    with somebody(chromium, installation) as context:
        yield context


@pytest.fixture
def others(chromium: Browser, installation: Installation) -> Iterator[BrowserContext]:
    """The browser of somebody else."""
    with somebody(chromium, installation) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when a script breaks or the content security policy is violated."""
    page = context.new_page()
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A connection that a test cuts, or a refusal that it provokes, is logged by the browser itself.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"{page.url}: {message.text} {message.location}")

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert not complaints


def signed_up(page: Page) -> str:
    """Makes an account through the form, as a person does; answers its address."""
    address = f"person{next(NUMBERS)}@example.org"
    page.goto("/accounts/signup/")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Name").fill("Person")
    page.locator("main").get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/challenges/")
    return address


@pytest.fixture
def sign_up(page: Page) -> Callable[[], str]:
    """Makes an account for who is at `page`; answers its address."""
    return lambda: signed_up(page)


@pytest.fixture
def workbench(page: Page, sign_up: Callable[[], str]) -> Workbench:
    """The workbench of custom-layer, opened by somebody new."""
    sign_up()
    page.goto("/challenges/custom-layer/")
    return Workbench(page)


@pytest.fixture(scope="session")
def source() -> Callable[[str], str]:
    """A submission that the challenge ships: `source("rejected/penalty_halved")`."""
    return lambda name: (SUBMISSIONS / f"{name}.py").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The frontend's packages, installed once when they are missing."""
    if shutil.which("npm") is None:
        pytest.skip("node is not installed: the bundle is taken as committed")
    if not (FRONTEND / "node_modules").is_dir():
        done = subprocess.run(["npm", "ci"], cwd=FRONTEND, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip("npm could not install the frontend's packages here")
    return FRONTEND / "node_modules"
