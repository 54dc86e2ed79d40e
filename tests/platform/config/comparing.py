"""Candidates for tests of what sets them side by side: each with a graded submission of their own."""

from datetime import timedelta

import msgspec
from interviewing import enter, link_for
from support import finish, result_of

from gradetape.catalog.models import ChallengeVersion
from gradetape.interviews.actions import sit
from gradetape.interviews.models import Interview, Sitting
from gradetape.submissions import actions, attempts
from gradetape.submissions.models import Kind, Submission


def candidate(interview: Interview, name: str, address: str | None = None) -> Sitting:
    """Somebody who has begun."""
    _, sitting = enter(link_for(interview, f"{address or name.lower().replace(' ', '-')}@example.org"), name)
    sit.start(sitting=sitting)
    sitting.refresh_from_db()
    return sitting


def graded(
    sitting: Sitting, version: ChallengeVersion, source: str = "pass", after: float = 60, **earned: float
) -> Submission:
    """A submission sent so many seconds after the start; the cases that are not named earn all of their points."""
    sent = actions.submit(candidate=sitting.candidate, version=version, source=source.encode(), kind=Kind.SUBMIT)
    claim = attempts.claim(submission_id=sent.pk, worker="w1@here")
    assert claim
    cases = tuple(
        msgspec.structs.replace(case, earned=earned.get(case.case, case.points)) for case in result_of(sent).cases
    )
    finish(claim, cases=cases, score=sum(case.earned for case in cases), verdict="partial")
    assert sitting.started_at
    Submission.objects.filter(pk=sent.pk).update(created_at=sitting.started_at + timedelta(seconds=after))
    return sent
