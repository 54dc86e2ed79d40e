"""Who knows whom, and whether the jail keeps its promises on this host, for root and for an ordinary user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.doctor.examination import Examination
from grader.package import REPOSITORY
from tests.grader.toy import REFERENCE

ORDINARY = 40_123


def test_every_promise_of_the_jail_holds_here(engine) -> None:
    findings = list(Examination(engine).findings())
    assert [(finding.promise, finding.seen) for finding in findings if not finding.holds] == []
    assert len(findings) > 12


@pytest.mark.parametrize(
    "module",
    ["grader.engine", "grader.host", "grader.validation.trying", "grader.cli.app", "grader.doctor.examination"],
)
def test_the_workers_side_imports_neither_tensorflow_nor_numpy(module: str) -> None:
    unwanted = {"tensorflow", "keras", "numpy", "django", "celery"}
    script = f"import sys, {module}; print(sorted({unwanted} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def as_ordinary_user(*command: str, home: Path) -> subprocess.CompletedProcess[str]:
    wrapped = command
    if os.geteuid() == 0:
        wrapped = (
            "setpriv",
            f"--reuid={ORDINARY}",
            f"--regid={ORDINARY}",
            "--clear-groups",
            "--inh-caps=-all",
            *command,
        )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GRADETAPE_CACHE": str(home / "cache"),
        "TMPDIR": str(home),
    }
    return subprocess.run(
        wrapped, cwd=home / "copy", env=environment, capture_output=True, text=True, timeout=200, check=False
    )


@pytest.fixture
def home() -> Path:
    """A home for an ordinary user with a copy of what the engine needs: the checkout itself may lie in root's home."""
    folder = Path("/tmp") / f"gradetape-ordinary-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("grader", "challenges", "reference"):
        shutil.copytree(REPOSITORY / name, folder / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
    solution = folder / "solution.py"
    solution.write_text(REFERENCE)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, ORDINARY, ORDINARY)
    yield folder
    shutil.rmtree(folder)


def readable_by_others(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (path, *path.parents))


@pytest.mark.skipif(os.geteuid() != 0, reason="the whole suite runs as an ordinary user already")
def test_an_ordinary_user_can_grade_too(home) -> None:
    if not readable_by_others(Path(sys.prefix)) or not readable_by_others(Path(sys.base_prefix)):
        pytest.skip("the environment lies in a folder that other users may not enter")
    solution = home / "copy" / "reference" / "custom_layer.py"
    done = as_ordinary_user(
        sys.executable, "-m", "grader", "grade", "custom-layer", str(solution), "--samples", "--json", home=home
    )
    assert '"verdict":"accepted"' in done.stdout, done.stderr
