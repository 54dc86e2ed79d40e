"""Submissions that fail chosen cases, graded without an engine."""

from collections.abc import Callable, Collection
from datetime import datetime

from support import finish, result_of

from grader.model import Outcome, Verdict
from gradetape.accounts.models import User
from gradetape.submissions.models import Submission

MESSAGE = "The values differ from the expected ones."


def graded(
    send: Callable[..., Submission], take: Callable[..., object], who: User, fails: Collection[str] = (),
    at: datetime | None = None, outcome: Outcome = Outcome.FAILED, message: str = MESSAGE, source: str = "pass",
) -> Submission:  # fmt: skip
    """Somebody's submission that fails these cases."""
    submission = send(who, source)
    cases = tuple(
        type(case)(**{**_fields(case), "outcome": outcome, "earned": 0, "hint": f"hint of {case.case}",
                      "message": message}) if case.case in fails else case
        for case in result_of(submission).cases
    )  # fmt: skip
    score = sum(case.earned for case in cases)
    verdict = Verdict.ACCEPTED if score == 100 else Verdict.PARTIAL if score else Verdict.WRONG_ANSWER
    assert finish(take(submission), cases=cases, score=score, verdict=verdict)
    if at:
        Submission.objects.filter(pk=submission.pk).update(created_at=at)
    submission.refresh_from_db()
    return submission


def _fields(case: object) -> dict[str, object]:
    return {name: getattr(case, name) for name in case.__struct_fields__}  # type: ignore[attr-defined]
