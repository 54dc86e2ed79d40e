"""Source checks, verdicts, what is told, what is kept of the output."""

from __future__ import annotations

from typing import Any

import pytest

from grader.events import CaseFinished
from grader.manifest import Case, Contract
from grader.model import Outcome, Verdict
from grader.protocol import Trouble
from grader.scoring import verdict_of
from grader.source import refuse
from grader.telling import line_of, told
from grader.transcript import CUT, KEEP, LIVE, Transcript

CONTRACT = [Contract("double", "function", "(x)")]


@pytest.mark.parametrize(
    ("source", "said", "line"),
    [
        (b"", "empty", None),
        (b" \n\t\n", "empty", None),
        (b"\xef\xbb\xbf\n", "empty", None),
        (b"x" * (64 * 1024 + 1), "at most 64 KiB", None),
        (b"a = 1\nb = '\xff'\n", "0xff", 2),
        (b"a = 1\n\nb = '\0'\n", "NUL", 3),
    ],
)
def test_files_that_cannot_be_run_are_refused_with_a_reason(source: bytes, said: str, line: int | None) -> None:
    refusal = refuse(source)
    assert refusal
    assert said in refusal.message
    assert refusal.line == line


def test_a_file_of_exactly_the_limit_is_taken() -> None:
    assert refuse(b"#" * 64 * 1024) is None


def case(outcome: Outcome, earned: float = 0.0, *, forbidden: bool = False) -> CaseFinished:
    return CaseFinished(
        case="c", part="p", title="t", points=10, earned=earned, outcome=outcome, sample=True, forbidden=forbidden
    )


@pytest.mark.parametrize(
    ("cases", "verdict"),
    [
        ([], Verdict.RUNTIME_ERROR),
        ([case(Outcome.NOT_RUN)], Verdict.RUNTIME_ERROR),
        ([case(Outcome.PASSED, 10)], Verdict.ACCEPTED),
        ([case(Outcome.PASSED, 10), case(Outcome.FAILED)], Verdict.PARTIAL),
        ([case(Outcome.FAILED), case(Outcome.TIME_LIMIT)], Verdict.WRONG_ANSWER),
        ([case(Outcome.TIME_LIMIT), case(Outcome.NOT_RUN)], Verdict.TIME_LIMIT),
        ([case(Outcome.MEMORY_LIMIT)], Verdict.MEMORY_LIMIT),
        ([case(Outcome.CRASHED)], Verdict.RUNTIME_ERROR),
        ([case(Outcome.PASSED, 10), case(Outcome.FAILED, forbidden=True)], Verdict.FORBIDDEN),
        ([case(Outcome.PASSED, 10), case(Outcome.JUDGE_ERROR)], Verdict.JUDGE_ERROR),
    ],
)
def test_verdicts_follow_from_outcomes(cases: list[CaseFinished], verdict: Verdict) -> None:
    assert verdict_of(cases) is verdict


def test_a_flood_and_a_failed_import_have_verdicts_of_their_own() -> None:
    assert verdict_of([case(Outcome.CRASHED)], flooded=True) is Verdict.OUTPUT_LIMIT
    assert verdict_of([case(Outcome.NOT_RUN)], before=Verdict.TIME_LIMIT) is Verdict.TIME_LIMIT


def a_case(*, sample: bool) -> Case:
    return Case(id="c", part="p", points=1, title="t", hint="h", sample=sample)


@pytest.mark.parametrize("kind", ["Contract", "Answer", "ValueError", "MyOwn smuggled"])
def test_nothing_that_a_process_says_is_repeated_for_a_hidden_case(kind: str) -> None:
    trouble = Trouble(kind=kind, text="smuggled 0.25", line=3)
    for outcome in (Outcome.ERROR, Outcome.CRASHED, Outcome.TIME_LIMIT, Outcome.MEMORY_LIMIT):
        assert "smuggled" not in told(a_case(sample=False), outcome, trouble, CONTRACT)


def test_a_sample_repeats_what_was_said() -> None:
    assert (
        told(a_case(sample=True), Outcome.ERROR, Trouble(kind="ValueError", text="bad axis"), CONTRACT)
        == "ValueError: bad axis"
    )


@pytest.mark.parametrize(("line", "expected"), [(None, None), (0, None), (3, 3), (99, None)])
def test_a_line_outside_of_the_file_is_none(line: Any, expected: int | None) -> None:
    assert line_of(Trouble(kind="k", text="t", line=line), 10) == expected


def test_of_a_flood_the_first_and_the_last_are_kept() -> None:
    shown: list[str] = []
    transcript = Transcript(lambda stream, text: shown.append(text))
    transcript.add("stdout", b"first")
    for _ in range(100):
        transcript.add("stdout", b"x" * 4096)
    transcript.add("stdout", b"last")
    text = transcript.kept()["stdout"]
    assert text.startswith("first")
    assert text.endswith("last")
    assert "left out" in text
    assert len(text) < 2 * KEEP + 100
    assert sum(map(len, shown)) <= LIVE + len(CUT)


@pytest.mark.parametrize("size", [4096, 5000])
def test_what_is_shown_live_says_once_that_it_was_cut(size: int) -> None:
    shown: list[str] = []
    transcript = Transcript(lambda stream, text: shown.append(text))
    while sum(map(len, shown)) < LIVE:
        assert CUT not in "".join(shown)
        transcript.add("stdout", b"x" * size)
    for _ in range(3):
        transcript.add("stdout", b"late")
    assert "".join(shown) == "x" * LIVE + CUT


def test_a_closed_transcript_keeps_nothing() -> None:
    transcript = Transcript(lambda stream, text: None)
    transcript.open = False
    transcript.add("stderr", b"hidden input")
    assert transcript.kept() == {}


def test_a_character_cut_in_two_by_a_chunk_is_whole_again() -> None:
    transcript = Transcript(lambda stream, text: None)
    transcript.add("stdout", "é".encode()[:1])
    transcript.add("stdout", "é".encode()[1:])
    assert transcript.kept() == {"stdout": "é"}
