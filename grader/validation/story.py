"""What is told of a validation while it goes on: tagged msgspec structs of plain data.

`msgspec.to_builtins(event)` gives `{"type": "case", ...}`. Trials are named by their place in the plan, from 0.
"""

from __future__ import annotations

from typing import Self

import msgspec

from grader.events import CaseFinished
from grader.model import GradeResult, Outcome, Verdict


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """How one case of a trial ended. `message` is what the submission's author would be told."""

    outcome: Outcome
    seconds: float | None = None
    message: str | None = None
    line: int | None = None
    forbidden: bool = False

    @classmethod
    def of(cls, case: CaseFinished) -> Self:
        return cls(
            outcome=case.outcome, seconds=case.seconds, message=case.message, line=case.line, forbidden=case.forbidden
        )


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What one trial gave. `cpu_s`: CPU seconds of its jails; `cases`: by id, in the order in which they ran."""

    verdict: Verdict
    score: float
    cpu_s: float
    cases: dict[str, Seen]
    message: str | None = None
    line: int | None = None

    @classmethod
    def of(cls, result: GradeResult) -> Self:
        return cls(
            verdict=result.verdict,
            score=result.score,
            cpu_s=result.timings.cpu_s,
            cases={case.case: Seen.of(case) for case in result.cases},
            message=result.message,
            line=result.line,
        )


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all events."""


class PlannedTrial(msgspec.Struct, frozen=True, kw_only=True):
    """What will be tried: `only` names the cases that run (None: all), `caught_by` those that must not pass."""

    kind: str
    name: str
    seed: int
    only: list[str] | None
    caught_by: list[str]


class Planned(Event, frozen=True, tag="planned"):
    """Everything that will be tried, and what is wrong before anything is."""

    trials: list[PlannedTrial]
    problems: list[str]


class TrialStarted(Event, frozen=True, tag="trial_started"):
    """A trial begins; on several engines several go on at once."""

    trial: int


class CaseLanded(Event, frozen=True, tag="case"):
    """A case of a trial has ended."""

    trial: int
    case: str
    seen: Seen


class TrialEnded(Event, frozen=True, tag="trial"):
    """A trial has ended, and what all trials say so far: `flaky` names cases whose outcome hangs on the seed."""

    trial: int
    tried: Tried
    kill_score: float
    flaky: dict[str, list[str]]


class Judged(Event, frozen=True, tag="judged"):
    """Everything was tried."""

    sound: bool
    problems: list[str]
    kill_score: float
    cpu_s: float
