"""Other points than the judge's, with a reason; and taking that back."""

import math
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.interviews.models import Sitting
from gradetape.reviews.actions.review import noted
from gradetape.reviews.exceptions import BadPoints
from gradetape.reviews.models import Override
from gradetape.submissions.models import CaseResult, Submission
from gradetape.submissions.text import storable

LONGEST_REASON = 2000


@transaction.atomic
def override(
    *, sitting: Sitting, by: User, submission: Submission, case: CaseResult, points: float, reason: str
) -> Override:
    """Give other points for a case. What was given before in the judge's place is revoked. Raises BadPoints."""
    reason = str(storable(reason)).strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise BadPoints(f"Say why, in up to {LONGEST_REASON} characters: others will ask.")
    if not math.isfinite(points) or not 0 <= points <= case.points:
        raise BadPoints(f"This case is worth 0 to {case.points:g} points. Received: {points:g}.")
    Submission.objects.select_for_update().get(pk=submission.pk)
    present = _present(submission, case.case)
    was = present.points if present else case.earned
    if points == was:
        raise BadPoints(f"It has {was:g} points already.")
    if present:
        _revoke(present, by)
    made = Override.objects.create(
        submission=submission, case=case.case, was=case.earned, points=points, reason=reason, by=by
    )
    details = {"submission": str(submission.pk), "case": case.case, "was": was, "now": points, "reason": reason}
    noted("points.overridden", sitting, by, **details)
    return made


@transaction.atomic
def revoke(*, sitting: Sitting, by: User, submission: Submission, case: CaseResult) -> None:
    """Go back to the judge's points. Nothing to do where nobody changed them."""
    Submission.objects.select_for_update().get(pk=submission.pk)
    present = _present(submission, case.case)
    if present is None:
        return
    _revoke(present, by)
    details = {"submission": str(submission.pk), "case": case.case, "was": present.points, "now": case.earned}
    noted("points.restored", sitting, by, **details)


def follow(*, submission: Submission, points: Mapping[str, tuple[float, float]], by: User | None) -> list[str]:
    """Let what people gave follow a new grading; `points` are what each case earned and what it is worth.

    What was given stays, up to what the case is worth now. It is revoked where there is no such case any more; says
    which cases these were. The caller holds the submission.
    """
    gone = []
    for one in Override.objects.filter(submission=submission, revoked_at=None):
        if one.case not in points:
            _revoke(one, by)
            gone.append(one.case)
            continue
        earned, worth = points[one.case]
        Override.objects.filter(pk=one.pk).update(was=earned, points=min(one.points, worth))
    return gone


def _present(submission: Submission, case: str) -> Override | None:
    return Override.objects.filter(submission=submission, case=case, revoked_at=None).first()


def _revoke(one: Override, by: User | None) -> None:
    Override.objects.filter(pk=one.pk).update(revoked_at=timezone.now(), revoked_by=by)
