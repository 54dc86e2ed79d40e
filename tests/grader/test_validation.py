"""Validation finds what makes a challenge unsound."""

from __future__ import annotations

import pytest

from grader import seeds
from grader.package import Package
from grader.validation.plan import caught_by, trials
from grader.validation.records import Kept, Record, read, record_of, write
from grader.validation.report import Report
from grader.validation.trying import validate
from tests.grader.toy import CHECKS, MANIFEST, REFERENCE, toy

WRONG = "# caught by: hidden_array, scalar\n# why: three times\ndef double(x):\n    return x * 3\n"
FORGED = "# caught by: all\ndef double(x):\n    return None\n"


def full(**changes: str) -> Package:
    """The toy with the submissions that a challenge needs."""
    files = {f"submissions/accepted/right_{i}.py": REFERENCE.encode() for i in range(3)}
    files |= {f"submissions/rejected/wrong_{i}.py": WRONG.encode() for i in range(8)}
    files |= {f"submissions/cheating/forged_{i}.py": FORGED.encode() for i in range(3)}
    return toy(**changes).with_files(files)


@pytest.fixture
def report(engine):
    return lambda package: validate(package, [engine], quick=True)


def problems(report: Report) -> str:
    return " | ".join(report.problems)


def test_a_sound_challenge_is_sound_and_kills_everything(report) -> None:
    found = report(full())
    assert (found.problems, found.kill_score) == ([], 1.0)
    assert len(found.solutions) == 1 + 1 + 3 + 8 + 3


def test_a_weakened_check_lets_a_wrong_solution_through(report) -> None:
    weak = CHECKS + '\n@check("hidden_array")\ndef anything_goes(got, want, secret):\n    return None\n'
    found = report(full(checks_py=weak))
    assert "rejected/wrong_0.py: expected to be caught by hidden_array, which passed" in problems(found)
    assert found.kill_score < 1


def test_a_generous_starter_is_found(report) -> None:
    assert "starter.py: expected fewer than 30 points, received 100" in problems(report(full(starter_py=REFERENCE)))


def test_an_accepted_submission_that_is_not_is_found(report) -> None:
    package = full().with_files({"submissions/accepted/right_0.py": b"def double(x):\n    return x + x + 1\n"})
    assert "accepted/right_0.py: expected 100 points on every seed" in problems(report(package))


def test_an_outcome_that_hangs_on_the_seed_is_found(engine) -> None:
    source = (
        b"def double(x):\n    return x * 2 if float(abs(x).sum() if hasattr(x, 'sum') else x) * 1e3 % 2 < 1 else x\n"
    )
    package = full().with_files({f"submissions/accepted/right_{i}.py": source for i in range(3)})
    found = validate(package, [engine])
    assert "accepted/right_0.py: the outcome depends on the seed" in problems(found)


def test_too_few_submissions_and_missing_notes_are_found(report) -> None:
    found = problems(report(toy(review_md=" ")))
    assert "at least 8 rejected" in found
    assert "review.md" in found


@pytest.mark.parametrize("source", [b"x = 1\n", b"# caught by: nowhere\n", b"# caught by:\n"])
def test_a_wrong_submission_must_say_what_catches_it(source: bytes) -> None:
    with pytest.raises(ValueError, match="caught by"):
        caught_by(toy(), "rejected/wrong.py", source)


def test_a_case_whose_probe_does_not_exist_is_the_platforms_fault(report) -> None:
    found = report(full(manifest_toml=MANIFEST.replace('id = "scalar"', 'id = "scalar"\nprobe = "nowhere"')))
    assert "judge_error" in problems(found)


def test_wrong_submissions_run_through_what_must_catch_them_and_once_through_everything() -> None:
    package = full()
    wrong = [trial for trial in trials(package, quick=False) if trial.name == "wrong_0.py"]
    assert [trial.only for trial in wrong] == [None] + [frozenset({"scalar", "hidden_array"})] * 2
    (quick,) = [trial for trial in trials(package, quick=True) if trial.name == "forged_0.py"]
    assert quick.only == quick.caught_by == {"scalar"}


def test_a_quick_validation_has_two_seeds_and_tries_every_solution() -> None:
    package = full()
    quick, whole = trials(package, quick=True), trials(package, quick=False)
    assert {(trial.kind, trial.name) for trial in quick} == {(trial.kind, trial.name) for trial in whole}
    assert {trial.seed for trial in quick} == {trial.seed for trial in quick if trial.kind == "reference"}
    assert {trial.seed for trial in quick} == set(seeds.pool(package)[:2])


def test_what_was_proven_is_kept_until_the_package_changes(tmp_path, report) -> None:
    kept, package = Kept(tmp_path), full()
    summary = report(package).summary()
    kept.put(package, summary)
    assert kept.get(package) == summary
    assert kept.get(full(starter_py="def double(x):\n    raise ValueError\n")) is None


def test_a_record_is_read_as_it_was_written(tmp_path) -> None:
    package = full()
    solutions = [{"kind": kind} for kind in ("reference", "accepted", "rejected", "rejected", "cheating")]
    summary = {"solutions": solutions, "cases": 3, "kill_score": 1.0, "cpu_s": 0.5}
    record = record_of(package, summary)
    write(record, tmp_path)
    found = read("toy", tmp_path)
    assert isinstance(found, Record)
    assert found == record
    assert (found.version, found.rejected) == (package.digest, 2)
    assert read("nowhere", tmp_path) is None
