"""The story of a grading, as it is told while it happens.

Each event is a tagged msgspec struct: `msgspec.json.encode(event)` gives `{"type": "case", ...}`. What an event says
may be shown to the candidate as it is; nothing secret is ever put into one.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from grader.model import Outcome, Verdict

Stream = Literal["stdout", "stderr"]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all events."""


class Started(Event, frozen=True, tag="started"):
    """A jail is ready and the candidate's file is being loaded."""


class CaseStarted(Event, frozen=True, tag="case_started"):
    """The candidate's code is being called for this case."""

    case: str


class Progress(Event, frozen=True, tag="progress"):
    """Numbers that a probe reports while it runs, such as a loss and its step."""

    case: str
    values: dict[str, float]


class Output(Event, frozen=True, tag="output"):
    """What the candidate's code printed. Raw text: whoever shows it escapes it."""

    stream: Stream
    text: str
    case: str | None = None


class CaseFinished(Event, frozen=True, tag="case"):
    """One case has ended. For hidden cases `difference` is None, `message` names a kind only, and the event has no
    `seconds` (a `GradeResult`, which is for the judge's side, has them)."""

    case: str
    part: str
    title: str
    points: float
    earned: float
    outcome: Outcome
    sample: bool
    seconds: float | None = None
    hint: str | None = None
    message: str | None = None
    line: int | None = None
    difference: dict[str, Any] | None = None
    forbidden: bool = False


class Timings(msgspec.Struct, frozen=True):
    """Milliseconds from the request to the first line of candidate code, to the first case, to the end; CPU seconds
    of the jails.
    """

    jail_ms: float | None
    first_case_ms: float | None
    total_ms: float
    cpu_s: float


class Finished(Event, frozen=True, tag="finished"):
    """The verdict. `message` and `line` say what went wrong before any case could run."""

    verdict: Verdict
    score: float
    passed: int
    total: int
    timings: Timings
    message: str | None = None
    line: int | None = None
