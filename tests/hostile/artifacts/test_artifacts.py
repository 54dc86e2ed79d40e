"""Hostile artifacts, one folder each: what comes of the case, what is said, and that nothing else was touched."""

from __future__ import annotations

import tomllib
from pathlib import Path

import psutil
import pytest

from grader.model import Verdict
from tests.hostile.artifacts.package import PACKAGE, REFERENCE, SECRET

FOLDER = Path(__file__).parent
ARTIFACTS = sorted(path.parent.name for path in FOLDER.glob("*/solution.py"))


@pytest.mark.parametrize("name", ARTIFACTS)
def test_a_hostile_artifact_gets_what_it_must(grade, name: str) -> None:
    expected = tomllib.loads((FOLDER / name / "expected.toml").read_text())
    result = grade(PACKAGE, (FOLDER / name / "solution.py").read_bytes(), seed=5)
    predicts, following = result.cases
    assert (str(predicts.outcome), str(following.outcome)) == (expected["outcome"], "passed"), predicts.message
    assert expected["said"] in (predicts.message or "")
    assert SECRET not in str(result)
    assert "ESCAPED" not in str(result)


def test_afterwards_an_honest_artifact_is_accepted_and_only_the_reserve_is_left(grade, engine, engine_host) -> None:
    assert grade(PACKAGE, REFERENCE, seed=5).verdict is Verdict.ACCEPTED
    waiting = engine.reserve.pids()
    ours = psutil.Process(engine_host.pids()["keras3"]).children(recursive=True)
    assert {child.pid for child in ours if child.status() != psutil.STATUS_ZOMBIE} == waiting
