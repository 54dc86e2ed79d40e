"""Every hostile submission beside this file, through the real engine. `expected.toml` says what must come of it.

`verdict = "any"` stands for any verdict but accepted by mistake of the platform (judge_error): what counts is that it
is over, and that the next submission is graded as if nothing had been.
"""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import psutil
import pytest

from grader.model import Verdict
from tests.grader.toy import CHECKS, MANIFEST, REFERENCE, toy

FOLDER = Path(__file__).parent
SUBMISSIONS = sorted(path.parent.name for path in FOLDER.glob("*/solution.py"))
SECRET = "planted-4f1c9d"
PACKAGE = toy(
    checks_py=CHECKS + f"\nPLANTED = {SECRET!r}\n",
    manifest_toml=MANIFEST.replace("case_seconds = 2", "case_seconds = 7"),
)
LIMIT_SECONDS = 7 + 2 + 15  # the limit of the one case that is tried, 2 s, and a loaded machine


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_a_hostile_submission_gets_what_it_must(grade, name: str) -> None:
    expected = tomllib.loads((FOLDER / name / "expected.toml").read_text())
    began = time.monotonic()
    result = grade(PACKAGE, (FOLDER / name / "solution.py").read_bytes(), seed=5)
    took = time.monotonic() - began
    assert result.verdict is not Verdict.JUDGE_ERROR
    if expected["verdict"] != "any":
        assert result.verdict == expected["verdict"], (result.message, [case.message for case in result.cases])
        assert result.line == expected.get("line")
    assert expected.get("said", "") in (result.message or "")
    assert expected.get("output", "") in str(result.output)
    assert SECRET not in str(result)
    assert took < LIMIT_SECONDS


def test_afterwards_an_honest_submission_is_accepted_and_only_the_reserve_is_left(grade, engine, engine_host) -> None:
    assert grade(PACKAGE, REFERENCE, seed=5).verdict is Verdict.ACCEPTED
    waiting = engine.reserve.pids()
    ours = psutil.Process(engine_host.pids()["keras3"]).children(recursive=True)
    assert {child.pid for child in ours if child.status() != psutil.STATUS_ZOMBIE} == waiting
