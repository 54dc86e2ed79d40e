"""From outcomes to a verdict. The default is never "accepted": what was not measured has not passed."""

from __future__ import annotations

from collections.abc import Sequence

from grader.events import CaseFinished
from grader.model import Outcome, Verdict

_CAUSES = {
    Outcome.TIME_LIMIT: Verdict.TIME_LIMIT,
    Outcome.MEMORY_LIMIT: Verdict.MEMORY_LIMIT,
    Outcome.ERROR: Verdict.RUNTIME_ERROR,
    Outcome.CRASHED: Verdict.RUNTIME_ERROR,
    Outcome.FAILED: Verdict.WRONG_ANSWER,
}


def score_of(cases: Sequence[CaseFinished]) -> float:
    """The points earned, at most two decimals."""
    return round(sum(case.earned for case in cases), 2)


def verdict_of(cases: Sequence[CaseFinished], *, flooded: bool = False, before: Verdict | None = None) -> Verdict:
    """The verdict on a whole submission.

    A fault of the platform comes first, then full marks, then what was forbidden. Anything earned makes it partial;
    without points, the first case that did not pass says why. `before` is the verdict of a file that failed before
    any case could run.
    """
    outcomes = [case.outcome for case in cases]
    if Outcome.JUDGE_ERROR in outcomes:
        return Verdict.JUDGE_ERROR
    if before:
        return before
    if outcomes and all(outcome is Outcome.PASSED for outcome in outcomes):
        return Verdict.ACCEPTED
    if any(case.forbidden for case in cases):
        return Verdict.FORBIDDEN
    if flooded:
        return Verdict.OUTPUT_LIMIT
    if score_of(cases) > 0:
        return Verdict.PARTIAL
    return next((_CAUSES[outcome] for outcome in outcomes if outcome in _CAUSES), Verdict.RUNTIME_ERROR)
