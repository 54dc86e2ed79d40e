"""The pages of publishing and versions: what is under way turns by itself, axe finds nothing, phones have room."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.authoring import MAKE_AUTHOR, author
from tests.browser.conftest import signed_up
from tests.browser.installation import ROOT, Installation
from tests.browser.interviewing import tell
from tests.browser.test_accessibility import SIZES, axe, everywhere
from tests.browser.workbench import Workbench

__all__ = ["author", "axe"]
pytestmark = pytest.mark.timeout(600)
PICTURES = os.environ.get("PICTURES")
UNTRUST = MAKE_AUTHOR.replace("True", "False")


def planted(installation: Installation, *arguments: str) -> None:
    command = [sys.executable, "-m", "tests.browser.releases", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=installation.environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def pictured(page: Page, name: str) -> None:
    """For people to look at, where PICTURES says a folder."""
    for size in SIZES if PICTURES else ():
        for theme in ("light", "dark"):
            page.set_viewport_size(SIZES[size])
            page.emulate_media(color_scheme=theme)
            page.screenshot(path=Path(PICTURES or "") / f"{name}-{size}-{theme}.png", full_page=True)
    page.set_viewport_size(SIZES["wide"])


def looked_at(page: Page, axe: str, name: str) -> None:
    assert not everywhere(page, axe)
    pictured(page, name)


def test_from_a_look_at_what_would_change_to_the_second_version_and_back(
    page: Page, author: str, installation: Installation, axe: str
) -> None:
    planted(installation, author, "second-version")
    page.goto("/studio/projects/second-version/publish/")
    note = page.get_by_label("Change note")
    note.fill("Rows without a scale.")
    ready = page.locator("#ready")
    expect(ready).to_contain_text("0 of 3 submissions graded")
    looked_at(page, axe, "publish-busy")
    planted(installation, "finish", "second-version")
    # The page turns by itself, and what was typed stays.
    expect(page.locator("[data-change]")).to_have_count(2)
    expect(ready).to_contain_text("2 change, 1 does not.")
    expect(note).to_have_value("Rows without a scale.")
    looked_at(page, axe, "publish")
    page.get_by_label("Regrade practice", exact=False).first.check()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/releases/")
    expect(page.get_by_role("row", name="Version 2")).to_contain_text("Rows without a scale.")
    expect(page.locator("#regrade")).to_contain_text("3 of 3 submissions graded", timeout=240_000)
    looked_at(page, axe, "versions")
    page.get_by_role("link", name="Version 2", exact=True).click()
    expect(page.get_by_role("heading", name="Changes against version 1")).to_be_visible()
    looked_at(page, axe, "version")
    page.goto("/studio/challenges/second-version/versions/")
    page.get_by_role("link", name="Roll back to version 1").click()
    looked_at(page, axe, "roll-back")
    page.get_by_role("button", name="See what would change").click()
    expect(ready).to_contain_text("It stands below.", timeout=240_000)
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_text("Version 1 is live again.")).to_be_visible()


def test_a_proposal_is_made_by_one_and_answered_by_another(
    page: Page, author: str, others: BrowserContext, installation: Installation, axe: str
) -> None:
    planted(installation, author, "proposed")
    tell(installation, UNTRUST.format(author))
    page.goto("/studio/projects/proposed/publish/")
    planted(installation, "finish", "proposed")
    expect(page.locator("[data-change]")).to_have_count(2)
    page.get_by_label("Change note").fill("Rows without a scale.")
    page.get_by_role("button", name="Propose").click()
    page.wait_for_url("**/releases/")
    other = others.new_page()
    tell(installation, MAKE_AUTHOR.format(signed_up(other)))
    other.goto("/studio/")
    looked_at(other, axe, "studio")
    other.locator(".studio-proposals").get_by_role("link", name="proposed").click()
    looked_at(other, axe, "proposal")
    other.get_by_label("Reply").fill("Say what a row without a scale is.")
    other.get_by_role("button", name="Decline").click()
    page.reload()
    page.locator("section", has=page.get_by_role("heading", name="Proposals that are no version")).get_by_role(
        "link"
    ).click()
    expect(page.get_by_text("Say what a row without a scale is.")).to_be_visible()
    looked_at(page, axe, "declined")


def test_a_withdrawn_challenge_keeps_what_is_typed(
    page: Page, author: str, others: BrowserContext, installation: Installation, axe: str
) -> None:
    planted(installation, author, "withdrawn")
    other = others.new_page()
    signed_up(other)
    other.goto("/challenges/withdrawn/")
    bench = Workbench(other)
    bench.write("# before it went\n")
    bench.wait_until_saved()
    page.goto("/studio/challenges/withdrawn/versions/")
    page.get_by_label("Why (for the log)").fill("The answer stands in it.")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("This challenge is withdrawn: nobody begins it")).to_be_visible()
    looked_at(page, axe, "withdrawn-versions")
    bench.write("# after it went\n")
    bench.wait_until_saved()
    bench.submit()
    expect(other.get_by_text("nothing is graded here any more")).to_be_visible()
    other.reload()
    expect(other.get_by_text("# after it went")).to_be_visible()
    looked_at(other, axe, "withdrawn")
    page.get_by_role("button", name="Bring back").click()
    expect(page.get_by_text("is in the catalogue again")).to_be_visible()
    other.reload()
    expect(other.locator("[data-editor] .cm-content")).to_contain_text("# after it went")
