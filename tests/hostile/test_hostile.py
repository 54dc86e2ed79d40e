"""Every hostile submission beside this file, through the real engine, beside an honest canary.

`expected.toml` says what must come of it. Keys:
verdict: one, a list of those that will do, or "any"; never judge_error, which would be a free second try.
outcomes, score, score_below, line, said (part of the message), output (part of what is kept of its output).
absent: what may be in nothing that anybody is shown, besides ESCAPED, which attacks print where they succeed.
seconds, memory_mb: limits of a case. insider: the prelude is put before it; attempts: how many it must have tried.
uncounted: what will do for a verdict where no cgroup counts memory; the submission is tried there too.
repeat: it is graded so often, one right after the other. same_on_samples: a run of the samples must print the same.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from grader.cli.workshop import cache_folder
from grader.engine import Engine
from grader.jail.cgroups import open_cgroup
from grader.model import Verdict
from tests.conftest import SLOT
from tests.grader.toy import CHECKS, toy
from tests.hostile.surroundings import FOLDER, PLANTED, Surroundings, Trial, package

SUBMISSIONS = sorted(path.parent.name for path in FOLDER.glob("*/solution.py"))
CANARY_SLOT = SLOT + 1
COUNTED = (group := open_cgroup(1)) is not None
if group:
    group.close()
SLACK = 25.0  # seconds for a busy machine, beyond the promised two
_package = cache(package)


def expected_of(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name / "expected.toml").read_text())


@pytest.fixture(scope="module")
def surroundings(engine, engine_host) -> Iterator[Surroundings]:
    with Engine(engine_host.run_dir, cache_folder(), CANARY_SLOT) as canary:
        made = Surroundings(engine, canary, engine_host)
        yield made
        made.close()


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_a_hostile_submission_gets_what_it_must_and_leaves_nothing(surroundings, name: str) -> None:
    expected = expected_of(name)
    if not COUNTED and "uncounted" in expected:
        expected["verdict"] = expected["uncounted"]
    attempts = expected.get("attempts", 0)
    source = surroundings.source(name, insider=expected.get("insider", False) or attempts > 0)
    seconds = expected.get("seconds", 7)
    graded = _package(seconds, expected.get("memory_mb", 512))
    for _ in range(expected.get("repeat", 1)):
        trial = surroundings.attack(source, graded)
        check_result(trial, expected)
        check_words(trial, expected)
        assert trial.canary.verdict is Verdict.ACCEPTED, trial.canary.message
        assert trial.took < len(trial.result.cases) * 2 * seconds + 2 + SLACK
    if attempts:
        assert f"held {attempts} of {attempts}" in trial.result.output["stdout"], trial.result.output
    if expected.get("same_on_samples"):
        assert surroundings.attack(source, graded, samples_only=True).result.output == trial.result.output
    assert surroundings.leftovers() == []


@pytest.fixture(scope="module")
def uncounted(engine_host) -> Iterator[Surroundings]:
    """The same on a host that lets nobody make a cgroup: the watchdog counts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADETAPE_CGROUP", "/nowhere")
        slots = (CANARY_SLOT + 1, CANARY_SLOT + 2)
        with (
            Engine(engine_host.run_dir, cache_folder(), slots[0]) as engine,
            Engine(engine_host.run_dir, cache_folder(), slots[1]) as canary,
        ):
            made = Surroundings(engine, canary, engine_host)
            yield made
            made.close()


@pytest.mark.parametrize("name", [name for name in SUBMISSIONS if "uncounted" in expected_of(name)])
def test_memory_is_limited_where_no_cgroup_counts_it(uncounted, name: str) -> None:
    expected = expected_of(name)
    source = uncounted.source(name, insider=expected.get("insider", False))
    trial = uncounted.attack(source, _package(expected.get("seconds", 7), expected.get("memory_mb", 512)))
    check_result(trial, expected | {"verdict": expected["uncounted"]})
    check_words(trial, expected | {"output": ""})
    assert trial.canary.verdict is Verdict.ACCEPTED


def test_a_check_that_stumbles_over_an_answer_is_no_fault_of_the_platform(grade) -> None:
    checks = """
from grader.checking import check

@check("scalar")
def scalar(got, want, secret):
    return 1.0 if int(got["value"]) == int(want["value"]) else 0.0
"""
    result = grade(toy(checks_py=checks + CHECKS), "def double(x):\n    return x * float('nan')\n")
    assert result.verdict is Verdict.WRONG_ANSWER
    assert result.cases[0].message == "The answer is not what the case can work with."


def check_result(trial: Trial, expected: dict[str, Any]) -> None:
    result = trial.result
    told = (result.verdict, result.message, [(case.case, case.outcome, case.message) for case in result.cases])
    assert result.verdict is not Verdict.JUDGE_ERROR, told
    if expected["verdict"] != "any":
        assert result.verdict in _several(expected["verdict"]), told
        assert result.line == expected.get("line", result.line), told
    outcomes = {case.case: str(case.outcome) for case in result.cases}
    assert outcomes | expected.get("outcomes", {}) == outcomes, told
    assert result.score == expected.get("score", result.score), told
    assert result.score < expected.get("score_below", 101), told
    assert expected.get("said", "") in (result.message or "")
    assert (result.line or 1) in range(1, 10_000)
    assert all(math.isfinite(case.seconds or 0) and 0 <= (case.seconds or 0) <= trial.took for case in result.cases)


def check_words(trial: Trial, expected: dict[str, Any]) -> None:
    """What may be shown has in it what it must, and nothing that must not get out."""
    assert expected.get("output", "") in str(trial.result.output)
    words = trial.words()
    assert PLANTED.findall(words) == []
    for absent in ("ESCAPED", *_several(expected.get("absent", []))):
        assert absent not in words, trial.result.output


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
