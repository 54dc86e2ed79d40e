"""Grading mutants with the real engine: what catches each, and what nothing catches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from grader.events import CaseFinished, Event
from grader.exceptions import Cancelled
from grader.model import GradeRequest, GradeResult, Outcome, Verdict
from grader.mutants.proposing import Mutant
from grader.package import Package


class Grader(Protocol):
    """What grades one request after the other: an engine, or what stands for one."""

    def grade(self, request: GradeRequest, emit: Callable[[Event], None]) -> GradeResult: ...


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: `caught_by` is the first case that it did not pass, or "loading".

    None: no case catches it, unless `fault` says why the platform could not tell.
    """

    mutant: Mutant
    caught_by: str | None
    fault: str | None = None

    @property
    def survives(self) -> bool:
        """Whether it is as good as the reference to every case."""
        return self.caught_by is None and self.fault is None


def _never() -> bool:
    return False


def fate_of(
    mutant: Mutant, package: Package, seed: int, engine: Grader, cancelled: Callable[[], bool] = _never
) -> Fate:
    """Grade one mutant, and stop at the first case that it does not pass. Raises Cancelled once `cancelled` says so."""
    caught: list[str] = []

    def emit(event: Event) -> None:
        if isinstance(event, CaseFinished) and event.outcome not in {Outcome.PASSED, Outcome.JUDGE_ERROR}:
            caught.append(event.case)

    request = GradeRequest(package, mutant.source.encode(), seed, cancelled=lambda: bool(caught) or cancelled())
    try:
        result = engine.grade(request, emit)
    except Cancelled:
        if not caught:
            raise
        return Fate(mutant, caught[0])
    if caught:
        return Fate(mutant, caught[0])
    if result.verdict is Verdict.JUDGE_ERROR:
        return Fate(mutant, None, fault=result.message or "a case could not be decided")
    return Fate(mutant, None if result.verdict is Verdict.ACCEPTED else "loading")
