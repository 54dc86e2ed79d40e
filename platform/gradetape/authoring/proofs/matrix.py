"""The matrix of a proof: a row for each solution, a column for each case, and what both add up to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from grader.manifest import Case
from grader.model import Outcome
from grader.validation.plan import WRONG
from grader.validation.report import STARTER_BELOW
from gradetape.authoring.models.proof import MUTANT, ProofTrial

UNASKED, WAITING, MIXED, BROKEN = "unasked", "waiting", "mixed", "broken"
RIGHT = ("reference", "accepted")


class Cell(NamedTuple):
    """How a solution does in a case. `state`: an outcome, or WAITING, UNASKED (it is not tried on this case), MIXED
    (it hangs on the seed) or BROKEN (it could not be judged); `tone`: whether that is as it should be (good, bad) or
    says nothing (quiet).
    """

    state: str
    tone: str

    def __str__(self) -> str:
        return f"{self.state} {self.tone}"


class Total(NamedTuple):
    """What a row or a column comes to, in a word or two, and whether that is as it should be."""

    words: str
    tone: str

    def public(self) -> list[str]:
        return [self.words, self.tone]


@dataclass
class Row:
    """All trials of one solution."""

    key: str
    kind: str
    name: str
    path: str
    trials: list[ProofTrial] = field(default_factory=list)
    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)

    def add(self, trial: ProofTrial) -> None:
        """Count a trial, made or not."""
        self.trials.append(trial)
        tried = trial.result
        for case, seen in (tried.cases if tried else {}).items():
            self.outcomes.setdefault(case, []).append(seen.outcome)

    @property
    def named(self) -> frozenset[str]:
        """The cases that its first lines name."""
        return frozenset(case for trial in self.trials for case in trial.caught_by)

    @property
    def done(self) -> bool:
        return all(trial.tried is not None for trial in self.trials)

    @property
    def score(self) -> float | None:
        """The least score of its whole trials; None before the first."""
        whole = [tried.score for trial in self.trials if trial.only is None and (tried := trial.result)]
        return min(whole, default=None)

    def asked(self, case: str) -> bool:
        return any(trial.only is None or case in trial.only for trial in self.trials)

    def caught_by(self) -> list[str]:
        """The cases that it did not pass under some seed."""
        return [case for case, seen in self.outcomes.items() if any(one is not Outcome.PASSED for one in seen)]

    def missed_by(self) -> list[str]:
        """The cases that it names and passed all the same."""
        return sorted(case for case in self.named if Outcome.PASSED in self.outcomes.get(case, []))

    @property
    def survives(self) -> bool:
        """Whether it was tried, and nothing caught it."""
        return self.done and not self.caught_by()

    @property
    def line(self) -> int | None:
        """Where a mutant is one."""
        change = self.trials[0].change
        return int(change["line"]) if change else None

    @property
    def label(self) -> str:
        """What it is called on the page: the file's name, or what makes a mutant one."""
        change = self.trials[0].change
        return f"line {change['line']}: {change['words']}" if change else self.name

    def cell(self, case: str, landing: Outcome | None = None) -> Cell:
        """The cell of a case; `landing`: how the trial under way has just ended there."""
        seen = [*self.outcomes.get(case, []), *([landing] if landing else [])]
        if not seen:
            return Cell(WAITING if self.asked(case) and not self.done else UNASKED, "quiet")
        if Outcome.JUDGE_ERROR in seen:
            return Cell(BROKEN, "bad")
        if len(set(seen)) > 1 and Outcome.PASSED in seen:
            return Cell(MIXED, "bad")
        return Cell(seen[0].value, self._tone(case, passed=seen[0] is Outcome.PASSED))

    def _tone(self, case: str, *, passed: bool) -> str:
        if self.kind in RIGHT:
            return "good" if passed else "bad"
        if self.kind == "starter":
            return "quiet"
        if passed:
            return "bad" if case in self.named else "quiet"
        return "good"

    @property
    def total(self) -> Total:
        """What the row comes to."""
        if not self.done:
            made = sum(trial.tried is not None for trial in self.trials)
            return Total(f"{made} of {len(self.trials)}", "quiet")
        if any(Outcome.JUDGE_ERROR in seen for seen in self.outcomes.values()):
            return Total("broken", "bad")
        if self.kind in (*RIGHT, "starter"):
            score = self.score or 0.0
            fits = score >= 100 if self.kind in RIGHT else score < STARTER_BELOW
            return Total(f"{score:g} points", "good" if fits else "bad")
        if self.kind == MUTANT:
            return Total("survives", "bad") if self.survives else Total("caught", "good")
        missed = self.missed_by()
        return Total("not caught", "bad") if missed else Total("caught", "good")


class Matrix:
    """All rows of a proof, in the plan's order."""

    def __init__(self, cases: Iterable[Case], trials: Iterable[ProofTrial]) -> None:
        self.cases = list(cases)
        self.trials = list(trials)
        self.rows: dict[str, Row] = {}
        for trial in self.trials:
            row = self.rows.setdefault(trial.key, Row(trial.key, trial.kind, trial.name, trial.path))
            row.add(trial)

    def wrong(self) -> list[Row]:
        """The rows of solutions that must not pass."""
        return [row for row in self.rows.values() if row.kind in (*WRONG, MUTANT)]

    def idle(self) -> list[str]:
        """Cases that separate nothing: every solution that is to fail something was tried on them, and passed.

        The starter says nothing here: it is not filled in, so it fails whatever there is.
        """
        wrong = self.wrong()
        # A mutant is tried until something catches it, so on some cases only.
        submitted = [row for row in wrong if row.kind != MUTANT]
        if not submitted or not all(row.done for row in wrong):
            return []
        return [
            case.id
            for case in self.cases
            if all(row.outcomes.get(case.id) for row in submitted)
            and not any(case.id in row.caught_by() for row in wrong)
        ]

    def column(self, case: str, idle: Sequence[str] = ()) -> Total:
        """What a case catches, of the wrong solutions that were tried on it."""
        tried = [row for row in self.wrong() if case in row.outcomes]
        caught = sum(case in row.caught_by() for row in tried)
        if not tried:
            return Total("–", "quiet")
        return Total(f"{caught} of {len(tried)}", "bad" if case in idle else "quiet")

    def figures(self) -> dict[str, Any]:
        """The proof in a few numbers; `kill`: the share of wrong submissions that everything they name has caught."""
        wrong = [row for row in self.rows.values() if row.kind in WRONG and row.done]
        mutants = [row for row in self.rows.values() if row.kind == MUTANT and row.done]
        caught = sum(not row.missed_by() for row in wrong)
        return {
            "made": sum(trial.tried is not None for trial in self.trials),
            "planned": len(self.trials),
            "kill": round(100 * caught / len(wrong)) if wrong else None,
            "caught": caught,
            "wrong": len(wrong),
            "mutants": len(mutants),
            "survivors": sum(row.survives for row in mutants),
            "flaky": sum(row.cell(case.id).state == MIXED for row in self.rows.values() for case in self.cases),
        }

    def public(self, only: str | None = None) -> dict[str, Any]:
        """The matrix as scripts get it: cells of all rows, or of one, and every total."""
        idle = self.idle()
        rows = [self.rows[only]] if only else list(self.rows.values())
        return {
            "rows": {
                row.key: {
                    "cells": {case.id: str(row.cell(case.id)) for case in self.cases},
                    "total": row.total.public(),
                }
                for row in rows
            },
            "columns": {case.id: self.column(case.id, idle).public() for case in self.cases},
            "figures": self.figures(),
        }
