"""Trying everything of a plan, one trial an engine at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from grader import events
from grader.engine import Engine
from grader.exceptions import Cancelled
from grader.model import GradeRequest, GradeResult, Outcome, Verdict
from grader.package import Package
from grader.spreading import spread
from grader.validation.plan import Trial, trials
from grader.validation.report import Report, missing
from grader.validation.story import (
    CaseLanded,
    Event,
    Judged,
    Planned,
    PlannedTrial,
    Seen,
    TrialEnded,
    TrialStarted,
    Tried,
)

Tell = Callable[[Event], None]
_NOT_CAUGHT = {Outcome.PASSED, Outcome.JUDGE_ERROR}


class Grader(Protocol):
    """What grades one request after the other: an engine, or what stands for one."""

    def grade(self, request: GradeRequest, emit: Callable[[events.Event], None]) -> GradeResult: ...


def _nobody(event: Event) -> None:
    pass


def _never() -> bool:
    return False


def attempt(
    package: Package,
    number: int,
    trial: Trial,
    engine: Grader,
    *,
    tell: Tell = _nobody,
    cancelled: Callable[[], bool] = _never,
) -> Tried:
    """Make one trial, the `number`th of its plan, telling when it starts and each case as it lands.

    Raises Cancelled.
    """
    tell(TrialStarted(trial=number))

    def land(event: events.Event) -> None:
        if isinstance(event, events.CaseFinished):
            tell(CaseLanded(trial=number, case=event.case, seen=Seen.of(event)))

    request = GradeRequest(package, trial.source, trial.seed, only=trial.only, cancelled=cancelled)
    return Tried.of(engine.grade(request, land))


def until_caught(
    package: Package,
    number: int,
    trial: Trial,
    engine: Grader,
    *,
    tell: Tell = _nobody,
    cancelled: Callable[[], bool] = _never,
) -> Tried:
    """Make a trial up to the first case that it does not pass: what comes after that is left out of `cases`.

    Raises Cancelled.
    """
    landed: dict[str, Seen] = {}

    def hear(event: Event) -> None:
        if isinstance(event, CaseLanded):
            landed[event.case] = event.seen
        tell(event)

    def is_caught() -> bool:
        return any(seen.outcome not in _NOT_CAUGHT for seen in list(landed.values()))

    try:
        return attempt(package, number, trial, engine, tell=hear, cancelled=lambda: is_caught() or cancelled())
    except Cancelled:
        if not is_caught():
            raise
        return Tried(verdict=Verdict.PARTIAL, score=0.0, cpu_s=0.0, cases=landed)


def validate(
    package: Package,
    engines: Sequence[Engine],
    *,
    quick: bool = False,
    progress: Callable[[Trial], None] = lambda trial: None,
    tell: Tell = _nobody,
    cancelled: Callable[[], bool] = _never,
) -> Report:
    """Try everything, and report. With as many engines as cores all of them are busy, which is part of the proof.

    `tell` is called from one thread at a time. Once `cancelled` says yes, Cancelled is raised.
    """
    report = Report(package, missing(package))
    lock = threading.Lock()

    def tell_alone(event: Event) -> None:
        with lock:
            tell(event)

    try:
        plan = trials(package, quick=quick)
    except ValueError as error:
        report.problems.append(str(error))
        plan = []
    tell_alone(planned(plan, report.problems))
    if not plan:
        return report
    run = _Run(package, plan, engines, tell_alone, cancelled)
    for number, (trial, tried) in enumerate(run.results()):
        report.add(trial, tried)
        tell_alone(TrialEnded(trial=number, tried=tried, kill_score=report.kill_score, flaky=report.flaky))
        progress(trial)
    report.close(quick=quick)
    tell_alone(
        Judged(sound=report.sound, problems=report.problems, kill_score=report.kill_score, cpu_s=report.median_cpu)
    )
    return report


def planned(plan: Sequence[Trial], problems: Sequence[str]) -> Planned:
    """The plan as it is told."""
    return Planned(
        trials=[
            PlannedTrial(
                kind=trial.kind,
                name=trial.name,
                seed=trial.seed,
                only=None if trial.only is None else sorted(trial.only),
                caught_by=sorted(trial.caught_by),
            )
            for trial in plan
        ],
        problems=list(problems),
    )


@dataclass(frozen=True)
class _Run:
    """The trials of one plan, spread over engines."""

    package: Package
    plan: Sequence[Trial]
    engines: Sequence[Engine]
    tell: Tell
    cancelled: Callable[[], bool]

    def results(self) -> Iterator[tuple[Trial, Tried]]:
        """Each trial with what it gave, in the plan's order."""

        def grade(engine: Engine, job: tuple[int, Trial]) -> Tried:
            return attempt(self.package, *job, engine, tell=self.tell, cancelled=self.cancelled)

        yield from zip(self.plan, spread(self.engines, list(enumerate(self.plan)), grade), strict=True)
