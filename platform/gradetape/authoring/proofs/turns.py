"""What workers do with a proof: take its next turn, keep it, write what it gave, or lose it.

Each is one conditional UPDATE that says whose turn it is about, so whoever has lost a turn writes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from gradetape.authoring.models import Proof, ProofState
from gradetape.authoring.models.proof import OPEN_PROOFS
from gradetape.authoring.proofs import story
from gradetape.celery import app
from gradetape.submissions.models import State, Submission
from gradetape.submissions.text import storable

log = structlog.get_logger(__name__)

PROVE = "authoring.prove"
QUEUE = "validation"


@dataclass(frozen=True)
class Turn:
    """A worker's right to take the next step of a proof, until its lease runs out."""

    proof: Proof
    number: int


def ring(proof_id: UUID) -> None:
    """Ask for a worker to take the next turn."""
    try:
        app.send_task(PROVE, args=[str(proof_id)], queue=QUEUE)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("nobody rung for", proof=str(proof_id), reason=str(error))


def people_wait() -> bool:
    """Whether somebody's submission waits for a worker: then no turn begins."""
    return Submission.objects.filter(state=State.QUEUED).exists()


def claim(*, proof_id: UUID, worker: str) -> Turn | None:
    """Take the next turn; None when somebody else has it, when people wait, or when nobody needs it any more."""
    now = timezone.now()
    free = Proof.objects.open().filter(pk=proof_id, lease=None)
    if people_wait():
        free.update(rung_at=now, rings=1)
        return None
    taken = free.update(state=ProofState.RUNNING, turn=F("turn") + 1, worker=worker, lease=_lease(now))
    if not taken:
        return None
    proof = Proof.objects.select_related("project").get(pk=proof_id)
    return Turn(proof, proof.turn)


def keep(*, turn: Turn) -> bool:
    """Prolong the lease. False when the turn is lost."""
    return bool(_mine(turn).update(lease=_lease(timezone.now())))


def pass_on(*, turn: Turn, write: Callable[[], None], row: str | None, **changes: Any) -> bool:
    """End a turn: `write` what it gave, and ring for the next. False, and nothing written, when the turn is lost."""
    with transaction.atomic():
        now = timezone.now()
        if not _mine(turn).update(lease=None, lost=0, rung_at=now, rings=1, **changes):
            return False
        write()
        transaction.on_commit(partial(story.tell_turn, turn.proof.pk, turn.number, row))
        transaction.on_commit(partial(ring, turn.proof.pk))
    return True


def finish(*, turn: Turn, sound: bool) -> bool:
    """Nothing is left to be done. False when the turn is lost."""
    return _close(_mine(turn), turn.proof.pk, ProofState.FINISHED, sound=sound)


def lose(*, proof_id: UUID, number: int, fault: str, row: str | None = None) -> bool:
    """Give a broken turn back to be taken again, or after the last one say that the proof was interrupted.

    False when the turn is over already.
    """
    mine = Proof.objects.open().filter(pk=proof_id, turn=number, lease__isnull=False)
    proof = mine.only("lost").first()
    if proof is None:
        return False
    log.warning("turn lost", proof=str(proof_id), turn=number, fault=fault)
    if proof.lost + 1 >= settings.MAX_ATTEMPTS:
        return _close(mine, proof_id, ProofState.INTERRUPTED, fault=storable(fault))
    if not mine.update(lease=None, lost=F("lost") + 1, rung_at=timezone.now(), rings=1):
        return False
    story.tell_turn(proof_id, number, row)
    ring(proof_id)
    return True


def stop(*, proof: Proof) -> bool:
    """Cancel a proof; what was tried stays. False when it is over already."""
    return _close(Proof.objects.open().filter(pk=proof.pk), proof.pk, ProofState.CANCELLED)


def _close(which: Any, proof_id: UUID, state: ProofState, **changes: Any) -> bool:
    assert state not in OPEN_PROOFS
    with transaction.atomic():
        closed = which.update(state=state, lease=None, finished_at=timezone.now(), **changes)
        if closed:
            transaction.on_commit(lambda: story.tell_end(Proof.objects.get(pk=proof_id)))
    return bool(closed)


def _mine(turn: Turn) -> Any:
    return Proof.objects.filter(pk=turn.proof.pk, turn=turn.number, state=ProofState.RUNNING, lease__isnull=False)


def _lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)
