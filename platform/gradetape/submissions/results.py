"""A grade as rows keep it and as its story tells it: the one place where it leaves the judge's side."""

from typing import Any
from uuid import UUID

import msgspec

from grader.events import CaseFinished, Event, Finished
from grader.model import GradeResult, Outcome
from gradetape.submissions.models import CaseResult
from gradetape.submissions.text import storable


def passed_on(event: Event) -> tuple[str, dict[str, Any]] | None:
    """Type and data of an event as viewers are told it; None for one that is not told.

    The verdict is told when it is in the database (see told_of); a fault of ours is not told at all.
    """
    if isinstance(event, Finished) or (isinstance(event, CaseFinished) and event.outcome == Outcome.JUDGE_ERROR):
        return None
    data = msgspec.to_builtins(event)
    return data.pop("type"), data


def told_of(result: GradeResult) -> dict[str, Any]:
    """What the story's last event says."""
    return {
        "verdict": result.verdict, "score": result.score,
        "passed": sum(case.outcome == Outcome.PASSED for case in result.cases), "total": len(result.cases),
        "message": result.message, "line": result.line,
        # Up to the first sample. What the whole took would be a message from inside the hidden cases.
        "timings": {"jail_ms": result.timings.jail_ms, "first_case_ms": result.timings.first_case_ms},
    }  # fmt: skip


def fields_of(result: GradeResult) -> dict[str, Any]:
    """The columns of the submission."""
    return {
        "verdict": result.verdict,
        "score": result.score,
        "message": storable(result.message or ""),
        "line": result.line,
        "output": storable(result.output),
        "timings": msgspec.to_builtins(result.timings),
    }


def case_rows(submission_id: UUID, result: GradeResult) -> list[CaseResult]:
    """The rows of its cases."""
    return [
        CaseResult(
            submission_id=submission_id, position=position, case=case.case, part=case.part, title=case.title,
            points=case.points, earned=case.earned, outcome=case.outcome, sample=case.sample,
            # The engine measures every case, and only of samples may it be told.
            seconds=case.seconds if case.sample else None,
            hint=storable(case.hint or ""), message=storable(case.message or ""), line=case.line,
            difference=storable(msgspec.to_builtins(case.difference)), forbidden=case.forbidden,
        )
        for position, case in enumerate(result.cases)
    ]  # fmt: skip
