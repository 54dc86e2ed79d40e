"""One's account in a real browser: tokens and the command line, sessions, second factors, company sign-in, leaving."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, SUBMISSIONS, signed_up
from tests.browser.installation import ROOT, Installation, free_port
from tests.browser.provider import Provider
from tests.browser.test_accessibility import SIZES, axe, findings

__all__ = ["axe"]

PAGES = ["/accounts/profile/", "/accounts/sessions/", "/accounts/tokens/new/", "/accounts/data/delete/", "/api/docs"]
LOOKS = [("light", SIZES["narrow"]), ("dark", SIZES["wide"])]


@pytest.fixture
def token(page: Page, sign_up: Callable[[], str]) -> str:
    """A token that a new person made on the page."""
    sign_up()
    page.goto("/accounts/tokens/")
    page.get_by_role("link", name="Make a token").click()
    page.get_by_label("Name").fill("laptop")
    page.get_by_role("button", name="Make the token").click()
    return page.get_by_label("laptop").input_value()


def submit(installation: Installation, token: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    file = SUBMISSIONS / "rejected" / "activation_before_bias.py"
    command = [sys.executable, "-m", "grader", "submit", "custom-layer", str(file), "--server", installation.address]
    environment = {**os.environ, "GRADETAPE_TOKEN": token}
    return subprocess.run(
        [*command, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False
    )


def test_a_file_is_graded_from_the_command_line_and_stands_on_the_page(
    installation: Installation, page: Page, token: str
) -> None:
    done = submit(installation, token, "--samples")
    assert done.returncode == 0, done.stderr
    assert "of 20 points" in done.stdout
    assert "✗ forward" in done.stdout
    page.goto(next(word for word in done.stdout.split() if word.startswith("http")))
    expect(page.locator("main")).to_contain_text("Forward pass")
    page.goto("/accounts/tokens/")
    expect(page.get_by_text("never used")).to_have_count(0)
    page.get_by_role("button", name="Revoke laptop").click()
    expect(page.get_by_text("No tokens yet")).to_be_visible()
    assert submit(installation, token).returncode == 2


def test_json_from_the_command_line_is_what_a_program_needs(installation: Installation, token: str) -> None:
    done = submit(installation, token, "--samples", "--json")
    result = json.loads(done.stdout)
    assert result["challenge"] == "custom-layer"
    assert {case["id"] for case in result["cases"]} == {"forward", "weights"}


def test_times_follow_the_chosen_zone(page: Page, sign_up: Callable[[], str]) -> None:
    sign_up()
    seen = []
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        page.goto("/accounts/profile/")
        page.get_by_label("Time zone").select_option(zone)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Your profile is saved.")).to_be_visible()
        page.goto("/accounts/sessions/")
        seen.append(page.locator("time").first.get_attribute("title"))
    # They are 25 hours apart: never the same day.
    assert seen[0]
    assert seen[1]
    assert seen[0].split(",")[0] != seen[1].split(",")[0]


def test_a_session_elsewhere_is_ended(
    chromium: Browser, installation: Installation, page: Page, sign_up: Callable[[], str]
) -> None:
    address = sign_up()
    elsewhere = chromium.new_context(base_url=installation.address, user_agent="Mozilla/5.0 (iPhone) Safari/604.1")
    other = elsewhere.new_page()
    sign_in(other, address)
    page.goto("/accounts/sessions/")
    page.get_by_role("button", name="End the session of Safari on iPhone").click()
    expect(page.get_by_text("That session has ended.")).to_be_visible()
    other.goto("/dashboard/")
    assert "/accounts/login/" in other.url
    elsewhere.close()


def sign_in(page: Page, address: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()


def test_a_security_key_is_the_second_factor(chromium: Browser, installation: Installation) -> None:
    """Browsers take keys at localhost, and not at 127.0.0.1."""
    context = chromium.new_context(base_url=installation.address.replace("127.0.0.1", "localhost"))
    page = context.new_page()
    debugger = context.new_cdp_session(page)
    debugger.send("WebAuthn.enable")
    facts = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    made = debugger.send("WebAuthn.addVirtualAuthenticator", {"options": facts})
    address = signed_up(page)
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Add the key").click()
    expect(page.get_by_text("Security key added.")).to_be_visible()
    context.clear_cookies()
    sign_in(page, address)
    debugger.send("WebAuthn.setUserVerified", {"authenticatorId": made["authenticatorId"], "isUserVerified": True})
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url("**/dashboard/")
    context.close()


@pytest.fixture
def company(installation: Installation) -> Iterator[str]:
    """The address of a second web process of the installation, with a company's sign-in set up."""
    provider, port = Provider(), free_port()
    address = f"http://127.0.0.1:{port}"
    own = {"OIDC_URL": provider.url, "OIDC_NAME": "Initech", "OIDC_CLIENT_ID": "gradetape"}
    environment = {**installation.environment, **own, "OIDC_CLIENT_SECRET": "a-secret", "SITE_URL": address}
    command = [sys.executable, "-m", "uvicorn", "gradetape.asgi:application", "--port", str(port), "--lifespan", "off"]
    web = subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT, env=environment)
    end = time.monotonic() + 120
    while not answers(address):
        assert web.poll() is None
        assert time.monotonic() < end
        time.sleep(0.2)
    yield address
    web.terminate()
    web.wait(timeout=30)
    provider.stop()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def test_a_company_s_sign_in_leads_there_and_back(page: Page, company: str) -> None:
    page.goto(f"{company}/accounts/login/")
    page.get_by_role("button", name="Sign in with Initech").click()
    page.wait_for_url("**/challenges/")
    page.goto(f"{company}/accounts/profile/")
    expect(page.get_by_label("Name")).to_have_value("Grace H.")


def test_one_takes_everything_along_and_leaves_by_keyboard_alone(page: Page, sign_up: Callable[[], str]) -> None:
    address = sign_up()
    page.goto("/accounts/data/")
    page.get_by_role("button", name="Export my data").focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    content = Path(download.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert json.loads(archive.read("account.json"))["email"] == address
    page.get_by_role("link", name="Delete my account…").focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("Your e-mail address")
    expect(field).to_be_visible()
    field.focus()
    page.keyboard.type("somebody@else.org")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You typed somebody@else.org.")).to_be_visible()
    field.fill(address)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("has been deleted")).to_be_visible()
    sign_in(page, address)
    expect(page.get_by_role("alert")).to_be_visible()


def test_axe_finds_nothing_serious_on_the_pages_of_an_account(page: Page, axe: str, sign_up: Callable[[], str]) -> None:
    sign_up()
    for theme, size in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for address in PAGES:
            page.goto(address)
            assert not findings(page, axe)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
