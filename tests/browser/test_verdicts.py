"""Verdicts that are taken away from a real installation and graded again by the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page

from tests.browser.installation import ROOT, Installation
from tests.browser.interviewing import tell
from tests.browser.workbench import Workbench

pytestmark = pytest.mark.timeout(900)
PROMOTE = "from gradetape.accounts.models import User; User.objects.filter(email={!r}).update(role='admin')"


def saved(download: Download, folder: Path, name: str) -> Path:
    path = folder / name
    download.save_as(path)
    return path


def taken(page: Page, folder: Path, name: str) -> Path:
    """The bundle of the submission whose page is open."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download as a bundle").click()
    assert waiting.value.suggested_filename.startswith("gradetape-custom-layer-")
    return saved(waiting.value, folder, name)


def test_a_verdict_holds_when_it_is_graded_again(
    page: Page, installation: Installation, sign_up: Callable[[], str], source: Callable[[str], str], tmp_path: Path
) -> None:
    address = sign_up()
    page.goto("/challenges/custom-layer/")
    bench = Workbench(page)
    bench.write(source("rejected/penalty_halved"))
    bench.submit()
    bench.wait_until_graded()
    page.goto("/challenges/custom-layer/attempts/")
    page.locator("main a[href^='/submissions/']").first.click()
    own = taken(page, tmp_path, "own.tar")
    tell(installation, PROMOTE.format(address))
    page.reload()
    full = taken(page, tmp_path, "full.tar")
    command = [sys.executable, "-m", "grader", "replay", str(own), str(full), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["agrees"], first["package"], first["seed_recorded"]) == (True, "challenges", False)
    assert (second["agrees"], second["package"], second["seed_recorded"]) == (True, "bundle", True)
    assert second["recorded"]["verdict"] == "partial"
    assert second["libraries"] == []
