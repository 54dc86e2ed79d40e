"""What crosses the engine's border: requests, verdicts, outcomes, results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.events import CaseFinished, Timings
    from grader.package import Package


class Outcome(StrEnum):
    """How one case ended. Nothing is passed that was not measured: the default is `NOT_RUN`."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    CRASHED = "crashed"
    NOT_RUN = "not_run"
    JUDGE_ERROR = "judge_error"


class Verdict(StrEnum):
    """How a whole submission ended."""

    ACCEPTED = "accepted"
    PARTIAL = "partial"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    FORBIDDEN = "forbidden"
    JUDGE_ERROR = "judge_error"


def _never() -> bool:
    return False


@dataclass(frozen=True)
class GradeRequest:
    """One source file to be graded against one version of a challenge.

    `source` is what the candidate sent, byte for byte. `seed` (0 to 2**63 - 1) decides every random input.
    `only` names the cases to run (all unless given). With a `snippet` no case runs: the file is imported, and the
    snippet after it, with the file's names. `cancelled` is asked a few times a second; once it says yes the
    grading stops and `Cancelled` is raised.
    """

    package: Package
    source: bytes
    seed: int
    samples_only: bool = False
    cancelled: Callable[[], bool] = _never
    only: frozenset[str] | None = None
    snippet: bytes | None = None


@dataclass(frozen=True)
class GradeResult:
    """Everything known about a graded submission.

    `score` is in points of 100; for a run of the samples, of their points. `libraries` are the versions that decided it
    (see grader.libraries).
    """

    challenge: str
    version: str
    seed: int
    verdict: Verdict
    score: float
    cases: tuple[CaseFinished, ...]
    message: str | None
    line: int | None
    output: dict[str, str]
    timings: Timings
    libraries: Mapping[str, str] = field(default_factory=dict)
