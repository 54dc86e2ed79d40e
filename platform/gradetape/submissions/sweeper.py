"""The sweep: whatever was left lying by a worker, by Redis or by chance is put back on its way."""

from datetime import datetime, timedelta

import structlog
from django.db.models import F
from django.utils import timezone

from gradetape.submissions import doorbell
from gradetape.submissions.attempts import give_back
from gradetape.submissions.models import Ending, State, Submission

log = structlog.get_logger(__name__)

AT_ONCE = 500
# A queue that holds no message while a submission waits this long for a worker: the message is lost.
UNHEARD = timedelta(seconds=5)
# Where other messages wait the one may be among them; ring again all the same, less and less often.
FIRST_PATIENCE = timedelta(seconds=15)
LONGEST_PATIENCE = timedelta(minutes=10)


def sweep() -> tuple[int, int]:
    """Take back what dead workers hold, ring again for what nobody came for. Returns how many of each."""
    return reclaim_expired(), ring_again(timezone.now())


def reclaim_expired() -> int:
    """Give back every submission whose lease ran out."""
    expired = Submission.objects.expired().values_list("pk", "attempt", "worker")[:AT_ONCE]
    return sum(
        give_back(submission_id=pk, attempt=attempt, ending=Ending.LOST, fault=f"nothing heard of {worker}")
        for pk, attempt, worker in list(expired)
    )


def ring_again(now: datetime) -> int:
    """Ring for queued submissions whose message was lost, as far as can be told."""
    queued = Submission.objects.filter(state=State.QUEUED, rung_at__lt=now - UNHEARD).only("kind", "rung_at", "rings")
    rows = list(queued.order_by("created_at")[:AT_ONCE])
    lengths = {queue: doorbell.waiting(queue) for queue in {row.queue for row in rows}}
    rung = 0
    for row in rows:
        length = lengths[row.queue]
        if length is None or (length > 0 and now - row.rung_at < patience(row.rings)):
            continue
        # Two sweeps at once ring one time.
        if Submission.objects.filter(pk=row.pk, state=State.QUEUED, rings=row.rings).update(
            rung_at=now, rings=F("rings") + 1
        ):
            doorbell.ring(submission_id=row.pk, queue=row.queue)
            rung += 1
    if rung:
        log.warning("rung again", submissions=rung)
    return rung


def patience(rings: int) -> timedelta:
    """How long to wait for a message that may still stand in a queue, after so many rings."""
    return min(FIRST_PATIENCE * 2 ** min(rings, 10), LONGEST_PATIENCE)
