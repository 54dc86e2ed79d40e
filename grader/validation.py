"""Whether a challenge may be published: it is tested like the code that it will judge.

The reference scores 100 on every seed of the pool; the starter under 30; every accepted submission 100; every
rejected or cheating one is caught by each of the cases that its first lines name; no case changes its outcome from
one seed to another.
"""

from __future__ import annotations

import queue
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from grader import seeds
from grader.engine import Engine
from grader.model import GradeRequest, GradeResult, Outcome, Verdict
from grader.package import Package

STARTER_BELOW = 30
FLAKE_SEEDS = 10
WRONG_SEEDS = 3
QUICK_SEEDS = 2
_CAUGHT = re.compile(rb"^#\s*caught by:\s*(.+?)\s*$", re.MULTILINE)
WRONG = ("rejected", "cheating")
LEAST = {"accepted": 3, "rejected": 8, "cheating": 3}


@dataclass(frozen=True)
class Trial:
    """One solution under one seed. `caught_by` are the cases that must not pass."""

    kind: str
    name: str
    source: bytes
    seed: int
    caught_by: frozenset[str] = frozenset()


@dataclass
class Solution:
    """What all trials of one solution gave."""

    kind: str
    name: str
    scores: list[float] = field(default_factory=list)
    missed: set[str] = field(default_factory=set)
    outcomes: dict[str, set[Outcome]] = field(default_factory=dict)

    def add(self, trial: Trial, result: GradeResult) -> None:
        """Count one trial."""
        self.scores.append(result.score)
        passed = {case.case for case in result.cases if case.outcome is Outcome.PASSED}
        self.missed |= trial.caught_by & passed
        for case in result.cases:
            self.outcomes.setdefault(case.case, set()).add(case.outcome)

    @property
    def flaky(self) -> list[str]:
        """The cases that passed under one seed and not under another."""
        return sorted(case for case, seen in self.outcomes.items() if Outcome.PASSED in seen and len(seen) > 1)


@dataclass
class Report:
    """The proof, or why there is none."""

    package: Package
    problems: list[str] = field(default_factory=list)
    solutions: dict[str, Solution] = field(default_factory=dict)
    reference_cpu: list[float] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.problems

    @property
    def kill_score(self) -> float:
        """The share of wrong solutions that every case they name has caught."""
        wrong = [solution for solution in self.solutions.values() if solution.kind in WRONG]
        return sum(not solution.missed for solution in wrong) / len(wrong) if wrong else 0.0


def trials(package: Package, *, quick: bool) -> list[Trial]:
    """Everything that is tried. Raises ValueError for a wrong submission that does not say what catches it."""
    pool = seeds.pool(package)
    every, some, few = (pool[:QUICK_SEEDS],) * 3 if quick else (pool, pool[:FLAKE_SEEDS], pool[:WRONG_SEEDS])
    found = [Trial("reference", "reference.py", package.files["reference.py"], seed) for seed in every]
    found += [Trial("starter", "starter.py", package.files["starter.py"], pool[0])]
    found += [
        Trial("accepted", name, source, seed)
        for name, source in package.submissions("accepted").items()
        for seed in some
    ]
    for kind in WRONG:
        for name, source in package.submissions(kind).items():
            caught = caught_by(package, f"{kind}/{name}", source)
            found += [Trial(kind, name, source, seed, caught) for seed in few]
    return found


def caught_by(package: Package, name: str, source: bytes) -> frozenset[str]:
    """The cases that a wrong submission's first lines name; "all" means every case."""
    line = _CAUGHT.search(source)
    ids = {case.id for case in package.cases}
    named = {word.strip() for word in line.group(1).decode().split(",") if word.strip()} if line else set()
    if named == {"all"}:
        return frozenset(ids)
    if not named or named - ids:
        raise ValueError(
            f"{name}: expected a line `# caught by: case, case` with ids out of {sorted(ids)}, received {sorted(named)}"
        )
    return frozenset(named)


def validate(
    package: Package,
    engines: Sequence[Engine],
    *,
    quick: bool = False,
    progress: Callable[[Trial], None] = lambda trial: None,
) -> Report:
    """Try everything, one trial an engine at a time, and report."""
    report = Report(package)
    try:
        plan = trials(package, quick=quick)
    except ValueError as error:
        report.problems.append(str(error))
        return report
    report.problems += _missing(package)
    for trial, result in _run(package, plan, engines):
        solution = report.solutions.setdefault(f"{trial.kind}/{trial.name}", Solution(trial.kind, trial.name))
        solution.add(trial, result)
        if trial.kind == "reference":
            report.reference_cpu.append(result.timings.cpu_s)
        if result.verdict is Verdict.JUDGE_ERROR:
            report.problems.append(
                f"{trial.kind}/{trial.name}, seed {trial.seed}: judge_error. {result.message or ''}".strip()
            )
        progress(trial)
    report.problems += [problem for solution in report.solutions.values() for problem in _judge(solution)]
    return report


def _missing(package: Package) -> list[str]:
    found = [] if package.review.strip() else ["expected review.md with notes for interviewers, received none"]
    for kind, least in LEAST.items():
        count = len(package.submissions(kind))
        if count < least:
            found.append(f"expected at least {least} {kind} submissions, received {count}")
    return found


def _run(package: Package, plan: list[Trial], engines: Sequence[Engine]) -> Iterator[tuple[Trial, GradeResult]]:
    idle: queue.SimpleQueue[Engine] = queue.SimpleQueue()
    for engine in engines:
        idle.put(engine)

    def grade(trial: Trial) -> GradeResult:
        engine = idle.get()
        try:
            return engine.grade(GradeRequest(package, trial.source, trial.seed))
        finally:
            idle.put(engine)

    with ThreadPoolExecutor(len(engines)) as threads:
        yield from zip(plan, threads.map(grade, plan), strict=True)


def _judge(solution: Solution) -> list[str]:
    name = f"{solution.kind}/{solution.name}"
    found = []
    low, high = min(solution.scores), max(solution.scores)
    if solution.kind in ("reference", "accepted") and low < 100:
        cases = sorted(case for case, seen in solution.outcomes.items() if seen != {Outcome.PASSED})
        found.append(f"{name}: expected 100 points on every seed, received {low:g}; not passed: {', '.join(cases)}")
    if solution.kind == "starter" and high >= STARTER_BELOW:
        found.append(f"{name}: expected fewer than {STARTER_BELOW} points, received {high:g}")
    if solution.missed:
        found.append(f"{name}: expected to be caught by {', '.join(sorted(solution.missed))}, which passed")
    if solution.flaky:
        found.append(f"{name}: the outcome depends on the seed in {', '.join(solution.flaky)}")
    return found
