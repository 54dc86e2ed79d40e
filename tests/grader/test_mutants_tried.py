"""What becomes of mutants in jails, and how the command tells it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from grader.cli import app
from grader.cli import mutants as command
from grader.events import CaseFinished, Timings
from grader.exceptions import Cancelled
from grader.model import GradeRequest, GradeResult, Outcome, Verdict
from grader.mutants.proposing import Mutant, propose
from grader.mutants.trying import fate_of
from grader.package import Package
from grader.seeds import pool
from tests.grader.toy import CHECKS, toy

REFERENCE = "def double(x):\n    return x * 2\n"
# The bound lets three times through, and nothing looks at numbers.
LAX = toy(
    checks_py=CHECKS
    + """
@check("scalar")
def scalar(got, want, secret):
    at_least("value", abs(got["value"]), 0.0)

@check("hidden_array")
def hidden_array(got, want, secret):
    at_least("rows", len(got["value"]), 3)
"""
)


def mutant(source: str) -> Mutant:
    return Mutant(id="1", kind="constant", line=2, words="", before="", after="", source=source)


def test_the_first_case_that_is_not_passed_ends_it(engine) -> None:
    seen: list[str] = []

    class Listening:
        def grade(self, request: GradeRequest, emit: Callable[[Any], None]) -> GradeResult:
            def hear(event: Any) -> None:
                if isinstance(event, CaseFinished):
                    seen.append(event.case)
                emit(event)

            return engine.grade(request, hear)

    slow = "import time\ndef double(x):\n    time.sleep(getattr(x, 'ndim', 0))\n    return x * 3\n"
    fate = fate_of(mutant(slow), toy(), 1, Listening())
    assert (fate.caught_by, fate.survives, fate.fault) == ("scalar", False, None)
    assert "secret_bound" not in seen


def test_what_passes_every_case_survives(engine) -> None:
    fates = [fate_of(one, LAX, 1, engine) for one in propose(REFERENCE)]
    assert {fate.mutant.words: fate.caught_by for fate in fates} == {
        "* becomes / in x * 2": "secret_bound",
        "2 becomes 3": "secret_bound",
        "2 becomes 1": "secret_bound",
        "the factor 2 is missing": "secret_bound",
        "the factor x is missing": "hidden_array",
        "the result has the other sign": "secret_bound",
    }
    assert fate_of(mutant("def double(x):\n    return x * 2 + 0.1\n"), LAX, 1, engine).survives


def test_what_can_t_be_loaded_is_caught(engine) -> None:
    assert fate_of(mutant("raise ValueError"), toy(), 1, engine).caught_by == "loading"


def test_a_fault_of_the_platform_is_no_survivor(engine) -> None:
    fate = fate_of(mutant(REFERENCE), toy(checks_py="raise RuntimeError"), 1, engine)
    assert not fate.survives
    assert fate.caught_by is None
    assert fate.fault


def test_whoever_asks_can_stop_it() -> None:
    class Stopping:
        def grade(self, request: GradeRequest, emit: Callable[[Any], None]) -> GradeResult:
            assert request.cancelled()
            raise Cancelled

    with pytest.raises(Cancelled):
        fate_of(mutant(REFERENCE), toy(), 1, Stopping(), cancelled=lambda: True)


class Fake:
    """Passes the reference and what has `passing` in it; of the rest the first case fails."""

    verdict = Verdict.ACCEPTED
    passing = "3"

    def __init__(self, count: int = 1, runtimes: tuple[str, ...] = ()) -> None:
        assert runtimes in {(), ("keras3",)}

    def __enter__(self) -> list[Fake]:
        return [Fake(), Fake()]

    def __exit__(self, *error: object) -> None:
        """Nothing is held."""

    def grade(self, request: GradeRequest, emit: Callable[[Any], None] = lambda event: None) -> GradeResult:
        source = request.source.decode()
        passes = source == REFERENCE or self.passing in source
        outcome = Outcome.PASSED if passes else Outcome.FAILED
        emit(CaseFinished(case="scalar", part="only", title="", points=1, earned=0, outcome=outcome, sample=True))
        verdict = self.verdict if passes else Verdict.WRONG_ANSWER
        return GradeResult("toy", "", 1, verdict, 0, (), None, None, {}, Timings(None, None, 0, 0))


@pytest.fixture
def tell(monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """The command on the toy: its exit code, what it said, and what it complained of."""

    def run(*arguments: str, package: Package = toy()) -> tuple[int, str, str]:  # noqa: B008  # never changed
        monkeypatch.setattr(command, "engines", Fake)
        monkeypatch.setattr(command, "package_of", lambda slug: package)
        monkeypatch.setattr("sys.argv", ["grader", "mutants", "toy", *arguments])
        with pytest.raises(SystemExit) as ended:
            app.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_survivors_are_named_with_their_lines(tell) -> None:
    code, said, _ = tell("--seed", "3")
    assert code == 1
    assert "5 of 6 mutants are caught  seed 3" in said
    assert "nothing catches this: line 2: 2 becomes 3" in said
    assert "- return x * 2\n" in said.replace("    ", "")
    assert "+ return x * 3\n" in said.replace("    ", "")


def test_a_program_reads_one_line(tell) -> None:
    code, said, _ = tell("--json", "--most", "6")
    line = json.loads(said)
    assert (code, line["tried"], line["caught"]) == (1, 6, 5)
    (survivor,) = [one for one in line["mutants"] if one["id"] in line["survivors"]]
    assert survivor["source"] == REFERENCE.replace("2", "3")
    assert {one["caught_by"] for one in line["mutants"]} == {None, "scalar"}


def test_all_caught_is_exit_code_0(tell, monkeypatch) -> None:
    monkeypatch.setattr(Fake, "passing", "nothing")
    code, said, _ = tell()
    assert code == 0
    assert said.splitlines() == ["toy  6 of 6 mutants are caught  seed " + str(pool(toy())[0])]


def test_a_platform_that_fails_is_exit_code_3(tell, monkeypatch) -> None:
    answers = iter([Verdict.ACCEPTED])
    monkeypatch.setattr(Fake, "verdict", property(lambda self: next(answers, Verdict.JUDGE_ERROR)))
    code, said, _ = tell()
    assert code == 3
    assert "not graded" in said


@pytest.mark.parametrize("reference", ["def", "x = 1\n"], ids=["no Python", "not accepted"])
def test_a_reference_that_is_none_is_wrong_usage(tell, reference: str) -> None:
    code, said, complaint = tell(package=toy(reference_py=reference))
    assert (code, said) == (2, "")
    assert len(complaint.splitlines()) == 1
