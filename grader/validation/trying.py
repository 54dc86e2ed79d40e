"""Trying everything of a plan, one trial an engine at a time."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from grader.engine import Engine
from grader.model import GradeRequest, GradeResult
from grader.package import Package
from grader.validation.plan import Trial, trials
from grader.validation.report import Report, missing


def validate(
    package: Package,
    engines: Sequence[Engine],
    *,
    quick: bool = False,
    progress: Callable[[Trial], None] = lambda trial: None,
) -> Report:
    """Try everything, and report. With as many engines as cores all of them are busy, which is part of the proof."""
    report = Report(package, missing(package))
    try:
        plan = trials(package, quick=quick)
    except ValueError as error:
        report.problems.append(str(error))
        return report
    for trial, result in _run(package, plan, engines):
        report.add(trial, result)
        progress(trial)
    report.close(quick=quick)
    return report


def _run(package: Package, plan: list[Trial], engines: Sequence[Engine]) -> Iterator[tuple[Trial, GradeResult]]:
    idle: queue.SimpleQueue[Engine] = queue.SimpleQueue()
    for engine in engines:
        idle.put(engine)

    def grade(trial: Trial) -> GradeResult:
        engine = idle.get()
        try:
            return engine.grade(GradeRequest(package, trial.source, trial.seed, only=trial.only))
        finally:
            idle.put(engine)

    with ThreadPoolExecutor(len(engines)) as threads:
        yield from zip(plan, threads.map(grade, plan), strict=True)
