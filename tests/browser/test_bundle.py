"""The committed bundle is what its sources make, and the scripts' own tests pass."""

from __future__ import annotations

import filecmp
import subprocess
from pathlib import Path

from tests.browser.conftest import FRONTEND
from tests.browser.installation import ROOT

GRADETAPE = ROOT / "platform" / "gradetape"


def node(*arguments: str) -> None:
    done = subprocess.run(arguments, cwd=FRONTEND, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def differences(one: Path, other: Path) -> list[str]:
    names = {file.name for folder in (one, other) for file in folder.iterdir()}
    _, mismatch, missing = filecmp.cmpfiles(one, other, sorted(names), shallow=False)
    return mismatch + missing


def test_the_committed_bundle_equals_a_fresh_build(node_modules: Path, tmp_path: Path) -> None:
    # The scripts inline the icons from where they are committed; both are made anew, beside them.
    node("node", "build.mjs", f"--outdir={tmp_path / 'dist'}", f"--icons={tmp_path / 'icons'}")
    assert not differences(tmp_path / "dist", GRADETAPE / "static" / "dist")
    assert not differences(tmp_path / "icons", GRADETAPE / "pages" / "icons")


def test_types_hold(node_modules: Path) -> None:
    node("npm", "run", "--silent", "check")


def test_the_scripts_own_tests_pass(node_modules: Path) -> None:
    node("npm", "test", "--silent")
