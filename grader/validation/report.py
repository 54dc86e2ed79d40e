"""What the trials gave, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from grader.model import Outcome, Verdict
from grader.package import Package
from grader.validation.plan import WRONG, Trial
from grader.validation.story import Tried

STARTER_BELOW = 30
REFERENCE_CPU_SECONDS = 25.0
LEAST = {"accepted": 3, "rejected": 8, "cheating": 3}


@dataclass
class Solution:
    """What all trials of one solution gave."""

    kind: str
    name: str
    scores: list[float] = field(default_factory=list)
    caught_by: frozenset[str] = frozenset()
    missed: set[str] = field(default_factory=set)
    outcomes: dict[str, set[Outcome]] = field(default_factory=dict)

    def add(self, trial: Trial, tried: Tried) -> None:
        """Count one trial. Its score counts where all cases ran."""
        if trial.only is None:
            self.scores.append(tried.score)
        self.caught_by = trial.caught_by
        passed = {case for case, seen in tried.cases.items() if seen.outcome is Outcome.PASSED}
        self.missed |= trial.caught_by & passed
        for case, seen in tried.cases.items():
            self.outcomes.setdefault(case, set()).add(seen.outcome)

    @property
    def flaky(self) -> list[str]:
        """The cases that passed under one seed and not under another."""
        return sorted(case for case, seen in self.outcomes.items() if Outcome.PASSED in seen and len(seen) > 1)

    def problems(self) -> list[str]:
        """What is not as its folder promises."""
        name = f"{self.kind}/{self.name}"
        found = []
        if self.kind in ("reference", "accepted") and min(self.scores) < 100:
            cases = sorted(case for case, seen in self.outcomes.items() if seen != {Outcome.PASSED})
            found.append(
                f"{name}: expected 100 points on every seed, received {min(self.scores):g}; "
                f"not passed: {', '.join(cases)}"
            )
        if self.kind == "starter" and max(self.scores) >= STARTER_BELOW:
            found.append(f"{name}: expected fewer than {STARTER_BELOW} points, received {max(self.scores):g}")
        if self.missed:
            found.append(f"{name}: expected to be caught by {', '.join(sorted(self.missed))}, which passed")
        if self.flaky:
            found.append(f"{name}: the outcome depends on the seed in {', '.join(self.flaky)}")
        return found


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

    @property
    def flaky(self) -> dict[str, list[str]]:
        """The cases whose outcome hangs on the seed, by the solutions that show it."""
        return {name: solution.flaky for name, solution in self.solutions.items() if solution.flaky}

    @property
    def median_cpu(self) -> float:
        """The median of the reference's whole runs, in CPU seconds; 0 before the first."""
        ordered = sorted(self.reference_cpu)
        return round(ordered[len(ordered) // 2], 2) if ordered else 0.0

    def add(self, trial: Trial, tried: Tried) -> None:
        """Count one trial."""
        name = f"{trial.kind}/{trial.name}"
        self.solutions.setdefault(name, Solution(trial.kind, trial.name)).add(trial, tried)
        if trial.kind == "reference":
            self.reference_cpu.append(tried.cpu_s)
        if tried.verdict is Verdict.JUDGE_ERROR:
            self.problems.append(f"{name}, seed {trial.seed}: judge_error. {tried.message or ''}".strip())

    def close(self, *, quick: bool) -> None:
        """Judge everything that was tried. CPU seconds count in a full validation only: a test has no stopwatch."""
        self.problems += [problem for solution in self.solutions.values() for problem in solution.problems()]
        if not quick and self.reference_cpu and min(self.reference_cpu) > REFERENCE_CPU_SECONDS:
            self.problems.append(
                f"reference: expected at most {REFERENCE_CPU_SECONDS:g} s of CPU, "
                f"received {min(self.reference_cpu):.1f}"
            )

    def summary(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "challenge": self.package.slug,
            "version": self.package.digest,
            "sound": self.sound,
            "problems": self.problems,
            "cases": len(self.package.cases),
            "points": sum(case.points for case in self.package.cases),
            "kill_score": round(self.kill_score, 4),
            "cpu_s": self.median_cpu,
            "solutions": [_row(solution) for solution in self.solutions.values()],
        }


def _row(solution: Solution) -> dict[str, Any]:
    return {
        "kind": solution.kind,
        "name": solution.name,
        "score": min(solution.scores, default=None),
        "caught_by": sorted(solution.caught_by),
        "missed": sorted(solution.missed),
        "outcomes": {case: sorted(seen) for case, seen in sorted(solution.outcomes.items())},
    }


def missing(package: Package) -> list[str]:
    """What a challenge has to have and this one has not."""
    found = [] if package.review.strip() else ["expected review.md with notes for interviewers, received none"]
    for kind, least in LEAST.items():
        count = len(package.submissions(kind))
        if count < least:
            found.append(f"expected at least {least} {kind} submissions, received {count}")
    return found
