"""What a message says. docs/webhooks.md is its reference; fields are added, and none changes its meaning."""

from typing import Any

import msgspec

from gradetape.interviews.models import Sitting
from gradetape.interviews.progress import candidates_of
from gradetape.submissions.models import Kind, Submission
from gradetape.webhooks.models import Delivery


def body_of(delivery: Delivery) -> str:
    """The message as JSON: how things are now, under the id and the time of what it tells."""
    interview = delivery.webhook.interview
    told: dict[str, Any] = {
        "id": delivery.pk,
        "event": delivery.event,
        "at": delivery.created_at,
        "interview": {"id": interview.pk, "title": interview.title},
    }
    if delivery.sitting:
        told |= {"sitting": _facts(delivery.sitting), "candidate": _candidate(delivery.sitting)}
    return msgspec.json.encode(told).decode()


def is_being_graded(sitting: Sitting) -> bool:
    """Whether the score is not known yet."""
    return Submission.objects.filter(candidate_id=sitting.candidate_id, kind=Kind.SUBMIT).open().exists()


def _facts(sitting: Sitting) -> dict[str, Any]:
    return {
        "id": sitting.pk,
        "state": sitting.state,
        "started_at": sitting.started_at,
        "deadline": sitting.deadline,
        "finished_at": sitting.finished_at,
        "ending": sitting.ending or None,
        "score": _score(sitting),
    }


def _score(sitting: Sitting) -> float | None:
    """What the interview's page shows, once it can't change by itself any more."""
    if not sitting.finished_at or is_being_graded(sitting):
        return None
    interview = sitting.interview
    rows = candidates_of(interview, interview.tasks.select_related("challenge"))
    total = next(row.total for row in rows if row.invitation.pk == sitting.invitation_id)
    return None if total is None else round(total, 2)


def _candidate(sitting: Sitting) -> dict[str, str] | None:
    if sitting.interview.hides_names:
        return None
    return {"name": str(sitting.candidate), "email": sitting.invitation.email}
