"""Which results can be reported, and what is remembered of them."""

from typing import Any

from grader.model import Outcome
from gradetape.accounts.models import User
from gradetape.interviews.guests import is_guest
from gradetape.submissions.models import CaseResult, Kind, State, Submission

# Of a case that did not run, or that we broke ourselves, nobody has said that anything is wrong.
UNREPORTABLE = (Outcome.PASSED, Outcome.NOT_RUN, Outcome.JUDGE_ERROR)
JUDGED = ("title", "part", "points", "earned", "outcome", "sample", "hint", "message", "line", "difference")


def may_report(user: User, submission: Submission) -> bool:
    """Whether somebody may report cases of a submission: their own, for the score, graded, and not of a sitting."""
    is_graded = submission.kind == Kind.SUBMIT and submission.state == State.FINISHED and submission.has_bundle
    return submission.candidate_id == user.pk and is_graded and not is_guest(user)


def result_of(submission: Submission, case: str) -> CaseResult | None:
    """The result of a case that can be reported; None where there is none."""
    return submission.cases.filter(case=case).exclude(outcome__in=UNREPORTABLE).first()


def judged(result: CaseResult) -> dict[str, Any]:
    """The result as it was told, as plain data."""
    return {name: getattr(result, name) for name in JUDGED}
