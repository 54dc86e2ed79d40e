"""Whole gradings in real jails."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import psutil
import pytest

from grader.engine import Engine
from grader.events import CaseFinished, CaseStarted, Event, Finished, Output, Progress, Started
from grader.exceptions import Cancelled
from grader.model import GradeRequest, Outcome, Verdict
from tests.grader.toy import CHECKS, MANIFEST, PROBES, REFERENCE, toy

RAISES = "import numpy as np\ndef double(x):\n    if np.size(x) > 1:\n        raise {0}\n    return x * 2\n"


def events_of(engine: Engine, source: str, **options: Any) -> tuple[list[Event], Any]:
    seen: list[Event] = []
    result = engine.grade(
        GradeRequest(options.pop("package", toy()), source.encode(), options.pop("seed", 3), **options), seen.append
    )
    return seen, result


def outcomes(result: Any) -> dict[str, str]:
    return {case.case: str(case.outcome) for case in result.cases}


def test_a_right_solution_is_accepted_with_full_marks(grade) -> None:
    result = grade(toy(), REFERENCE)
    assert (result.verdict, result.score) == (Verdict.ACCEPTED, 100)
    assert result.timings.jail_ms < result.timings.first_case_ms < result.timings.total_ms


def test_the_story_is_told_in_order_and_samples_come_first(engine) -> None:
    seen, _ = events_of(engine, REFERENCE)
    assert isinstance(seen[0], Started)
    assert isinstance(seen[-1], Finished)
    assert [event.case for event in seen if isinstance(event, CaseStarted)] == [
        "scalar",
        "hidden_array",
        "secret_bound",
    ]
    assert [event.case for event in seen if isinstance(event, CaseFinished)] == [
        "scalar",
        "hidden_array",
        "secret_bound",
    ]


def test_a_wrong_sample_says_how_it_is_wrong_with_numbers(grade) -> None:
    case = grade(toy(), "def double(x):\n    return x * 3\n").cases[0]
    assert (case.outcome, case.hint) == (Outcome.FAILED, "Two times one is two.")
    assert "1.5 times" in case.message
    assert case.difference["kind"] == "factor"


def test_a_wrong_hidden_case_names_a_kind_and_no_numbers(grade) -> None:
    case = grade(toy(), "import numpy as np\ndef double(x):\n    return 2 * np.asarray(x).sum()\n").cases[1]
    assert (case.outcome, case.difference) == (Outcome.FAILED, None)
    assert not re.search(r"\d", case.message)


def test_events_of_hidden_cases_carry_no_timing_and_no_progress(engine) -> None:
    probes = PROBES.replace(
        'return {"value": solution.double(rng.normal(size',
        'report(loss=1.0)\n    return {"value": solution.double(rng.normal(size',
    )
    seen, result = events_of(engine, REFERENCE, package=toy(probes_py=probes))
    assert [event.seconds is None for event in seen if isinstance(event, CaseFinished)] == [False, True, True]
    assert [event.case for event in seen if isinstance(event, Progress)] == ["scalar"]
    assert all(case.seconds is not None for case in result.cases)


def test_output_is_shown_while_loading_and_in_samples_only(engine) -> None:
    source = "print('loading')\ndef double(x):\n    print('input', getattr(x, 'shape', x))\n    return x * 2\n"
    seen, result = events_of(engine, source)
    assert {event.case for event in seen if isinstance(event, Output)} == {None, "scalar"}
    assert "(3, 2)" not in str(result.output)


def test_an_exception_in_a_hidden_case_does_not_repeat_its_text(grade) -> None:
    case = grade(toy(), RAISES.format("ValueError(f'smuggled {x}')")).cases[1]
    assert (case.outcome, case.message, case.line) == (Outcome.ERROR, "Your code raised ValueError.", 4)


def test_an_exception_class_of_ones_own_is_not_named(grade) -> None:
    source = RAISES.format("type(f'S{x.sum()}', (Exception,), {})()")
    assert grade(toy(), source).cases[1].message == "Your code raised an exception."


@pytest.mark.parametrize(
    ("harm", "outcome"),
    [
        ("import os; os._exit(0)", "crashed"),
        ("import os; os.kill(os.getpid(), 11)", "crashed"),
        ("while True: pass", "time_limit"),
        ("kept = []\n        while True: kept.append(np.ones(1_000_000))", "memory_limit"),
    ],
)
def test_a_case_that_ends_its_process_loses_its_own_points_only(grade, harm: str, outcome: str) -> None:
    source = f"import numpy as np\ndef double(x):\n    if np.shape(x) == (3, 2):\n        {harm}\n    return x * 2\n"
    patient = MANIFEST.replace("case_seconds = 2", "case_seconds = 6")  # filling memory takes a busy machine its time
    result = grade(toy(manifest_toml=patient), source)
    assert outcomes(result) == {"scalar": "passed", "hidden_array": outcome, "secret_bound": "passed"}
    assert (result.verdict, result.score) == (Verdict.PARTIAL, 60)


def test_a_forbidden_call_fails_its_case_and_is_the_verdict(grade) -> None:
    source = (
        "import json, numpy as np\ndef double(x):\n    if np.ndim(x) == 0:\n        json.dumps(1)\n    return x * 2\n"
    )
    result = grade(toy(), source)
    assert result.verdict is Verdict.FORBIDDEN
    assert (result.cases[0].earned, result.cases[0].forbidden, result.score) == (0, True, 65)


def test_removing_the_watch_counts_as_forbidden(grade) -> None:
    result = grade(toy(), "import json\njson.dumps.__code__ = (lambda: 0).__code__\n" + REFERENCE)
    assert (result.verdict, result.score) == (Verdict.FORBIDDEN, 0)


def test_samples_only_runs_and_counts_the_samples(grade) -> None:
    result = grade(toy(), REFERENCE, samples_only=True)
    assert ([case.case for case in result.cases], result.score, result.verdict) == (["scalar"], 35, Verdict.ACCEPTED)


def test_the_same_seed_gives_the_same_inputs_and_another_gives_others(grade) -> None:
    source = "def double(x):\n    print(repr(float(x)))\n    return x * 2\n"
    first, again, other = (grade(toy(), source, seed=seed, samples_only=True).output for seed in (11, 11, 12))
    assert first == again != other


def test_a_checks_own_fault_is_the_platforms_and_never_the_candidates(grade) -> None:
    broken = CHECKS.replace('secret["bound"]', 'secret["nowhere"]')
    result = grade(toy(checks_py=broken), REFERENCE)
    assert result.verdict is Verdict.JUDGE_ERROR
    assert outcomes(result)["secret_bound"] == "judge_error"


def test_a_reference_that_fails_is_the_platforms_fault(grade) -> None:
    result = grade(toy(reference_py="def double(x):\n    raise RuntimeError('no')\n"), REFERENCE)
    assert result.verdict is Verdict.JUDGE_ERROR


def test_probes_that_cannot_be_imported_are_the_platforms_fault(grade) -> None:
    assert grade(toy(probes_py="import nowhere\n"), REFERENCE).verdict is Verdict.JUDGE_ERROR


def test_a_jail_that_is_ended_from_outside_is_the_platforms_fault(engine) -> None:
    def end_all_jails(event: Event) -> None:
        if isinstance(event, CaseStarted):
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    if process.parent().name() == "bwrap":  # it is the jail's init
                        process.kill()

    request = GradeRequest(toy(), b"import time\ndef double(x):\n    time.sleep(1.5)\n    return x * 2\n", 3)
    assert engine.grade(request, end_all_jails).verdict is Verdict.JUDGE_ERROR


def test_cancelling_stops_an_endless_case_and_leaves_nothing_behind(engine) -> None:
    source = "def double(x):\n    while True: pass\n"
    request = GradeRequest(
        toy(manifest_toml=MANIFEST.replace("case_seconds = 2", "case_seconds = 15")),
        source.encode(),
        3,
        cancelled=lambda: True,
    )
    with pytest.raises(Cancelled):
        engine.grade(request)
    assert engine.grade(GradeRequest(toy(), REFERENCE.encode(), 3)).verdict is Verdict.ACCEPTED


def test_the_time_for_a_whole_submission_is_limited(grade) -> None:
    manifest = MANIFEST.replace("cpu_seconds = 20", "cpu_seconds = 1").replace("case_seconds = 2", "case_seconds = 9")
    result = grade(toy(manifest_toml=manifest), "def double(x):\n    while True: pass\n")
    assert (result.verdict, set(outcomes(result).values())) == (Verdict.TIME_LIMIT, {"time_limit", "not_run"})


def test_observations_that_are_no_data_say_what_was_expected(grade) -> None:
    case = grade(toy(), "def double(x):\n    return object()\n").cases[0]
    assert case.outcome is Outcome.ERROR
    assert "expected a tensor, an array or plain data, received an object of type object" in case.message
