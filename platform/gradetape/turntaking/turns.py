"""What workers do with work in turns: take its next turn, keep it, write what it gave, or lose it.

Each is one conditional UPDATE that says whose turn it is about, so whoever has lost a turn writes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, transaction
from django.db import OperationalError as DatabaseUnavailable
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from grader.exceptions import Cancelled
from gradetape import broker
from gradetape.celery import app
from gradetape.submissions import doorbell, engines
from gradetape.submissions.actions import CANCEL_KEPT
from gradetape.submissions.lease import Lease
from gradetape.submissions.models import State, Submission
from gradetape.submissions.sweeper import UNHEARD, patience
from gradetape.submissions.text import storable
from gradetape.turntaking.models import OPEN_STAGES, Job, Stage

log = structlog.get_logger(__name__)

DIED = "The machine that worked on it stopped."


@dataclass(frozen=True)
class Turn(Generic[Job]):
    """A worker's right to take the next step of a job, until its lease runs out."""

    job: Job
    number: int


def people_wait() -> bool:
    """Whether somebody's submission waits for a worker: then no turn begins."""
    return Submission.objects.filter(state=State.QUEUED).exists()


class Turns(Generic[Job]):
    """All jobs of one kind, a model whose manager has an InTurnsQuerySet.

    `name` is what they are called in logs and in Redis, `task` and `queue` what workers are rung for with.
    """

    def __init__(self, model: type[Job], *, name: str, task: str, queue: str) -> None:
        self.model, self.name, self.task, self.queue = model, name, task, queue

    def told(self, job_id: UUID, number: int, row: str | None) -> None:
        """Called after a turn is over, for those who tell it: `row` is what it was about."""

    def ended(self, job: Job) -> None:
        """Called after a job is over, for those who tell it."""

    def given_up(self, which: Any, turn: int, job_id: UUID, fault: str) -> bool:
        """What becomes of a job whose step broke down for the last time; `which`: its row while the turn is held.

        False when the turn is over already.
        """
        return self._close(which, job_id, Stage.INTERRUPTED, fault=storable(fault))

    def cancel_key(self, job_id: UUID) -> str:
        """The flag in Redis that a step looks at several times a second."""
        return f"gradetape:{self.name}:cancel:{job_id}"

    def ring(self, job_id: UUID) -> None:
        """Ask for a worker to take the next turn."""
        try:
            app.send_task(self.task, args=[str(job_id)], queue=self.queue)
        except (OperationalError, RedisError, OSError) as error:
            log.warning("nobody rung for", job=self.name, id=str(job_id), reason=str(error))

    def answer(self, job_id: UUID, worker: str, step: Callable[[Turn[Job], Lease], None]) -> None:
        """What a worker does when it was rung for: the next turn, if there is one to take. A ring may come twice."""
        try:
            turn = self.claim(job_id=job_id, worker=worker)
        except (DatabaseUnavailable, InterfaceError) as error:
            log.warning("no turn taken: the sweep will ring again", job=self.name, id=str(job_id), reason=str(error))
            return
        if turn is not None:
            with structlog.contextvars.bound_contextvars(**{self.name: str(job_id)}):
                self.take(turn, step)

    def claim(self, *, job_id: UUID, worker: str) -> Turn[Job] | None:
        """Take the next turn; None when somebody else has it, when people wait, or when nobody needs it any more."""
        now = timezone.now()
        free = self._all.open().filter(pk=job_id, lease=None)
        if people_wait():
            free.update(rung_at=now, rings=1)
            return None
        taken = free.update(state=Stage.RUNNING, turn=F("turn") + 1, worker=worker, lease=_lease(now))
        if not taken:
            return None
        job = self._all.get(pk=job_id)
        return Turn(job, job.turn)

    def take(self, turn: Turn[Job], step: Callable[[Turn[Job], Lease], None]) -> None:
        """Take the turn to its end: something written, or the turn given back."""
        with Lease(partial(self.keep, turn=turn), self.cancel_key(turn.job.pk)) as lease:
            try:
                step(turn, lease)
            except Cancelled:
                log.info("stopped", job=self.name, turn=turn.number)
            except Exception as error:  # the outer edge: whatever breaks in here is no outcome of the step
                log.exception("turn failed", job=self.name, turn=turn.number)
                engines.await_host(give_up=lease.cancelled)
                self.lose(job_id=turn.job.pk, number=turn.number, fault=f"{type(error).__name__}: {error}"[:2000])

    def keep(self, *, turn: Turn[Job]) -> bool:
        """Prolong the lease. False when the turn is lost."""
        return bool(self._mine(turn).update(lease=_lease(timezone.now())))

    def pass_on(
        self, *, turn: Turn[Job], write: Callable[[], None] | None = None, row: str | None = None, **changes: Any
    ) -> bool:
        """End a turn: `write` what it gave, and ring for the next. False, and nothing written, when it is lost."""
        mine = self._mine(turn)
        return self.release(mine, turn.job.pk, turn.number, row=row, write=write, lost=0, **changes)

    def finish(self, *, turn: Turn[Job], write: Callable[[], None] | None = None, **changes: Any) -> bool:
        """Nothing is left to be done. False, and nothing written, when the turn is lost."""
        return self._close(self._mine(turn), turn.job.pk, Stage.FINISHED, write, **changes)

    def lose(self, *, job_id: UUID, number: int, fault: str, row: str | None = None) -> bool:
        """Give a broken turn back to be taken again, or after the last one give up.

        False when the turn is over already.
        """
        mine = self._all.open().filter(pk=job_id, turn=number, lease__isnull=False)
        lost = mine.values_list("lost", flat=True).first()
        if lost is None:
            return False
        log.warning("turn lost", job=self.name, id=str(job_id), turn=number, fault=fault)
        if lost + 1 >= settings.MAX_ATTEMPTS:
            return self.given_up(mine, number, job_id, fault)
        return self.release(mine, job_id, number, row=row, lost=lost + 1)

    def close_unbegun(self, job: Job) -> None:
        """Finish a job in which there is nothing to do."""
        self._close(self._all.filter(pk=job.pk, turn=0), job.pk, Stage.FINISHED)
        job.refresh_from_db(fields=["state", "finished_at"])

    def stop(self, *, job_id: UUID) -> bool:
        """Cancel a job; what was done stays. False when it is over already. Within a transaction of the caller's."""
        stopped = self._close(self._all.open().filter(pk=job_id), job_id, Stage.CANCELLED)
        if stopped:
            transaction.on_commit(partial(self._tell_worker_to_stop, job_id))
        return stopped

    def sweep(self) -> tuple[int, int]:
        """Take back the turns of dead workers, ring again for what nobody came for. Returns how many of each."""
        expired = list(self._all.expired().values_list("pk", "turn"))
        lost = sum(self.lose(job_id=job_id, number=turn, fault=DIED) for job_id, turn in expired)
        return lost, self._ring_again()

    def _ring_again(self) -> int:
        now = timezone.now()
        unheard = self._all.open().filter(lease=None, rung_at__lt=now - UNHEARD)
        waiting = list(unheard.values_list("pk", "rung_at", "rings"))
        if not waiting or people_wait():
            return 0
        length = doorbell.waiting(self.queue)
        rung = 0
        for job_id, rung_at, rings in waiting:
            if length is None or (length > 0 and now - rung_at < patience(rings)):
                continue
            # Two sweeps at once ring one time.
            same = self._all.filter(pk=job_id, lease=None, rings=rings)
            if same.update(rung_at=now, rings=F("rings") + 1):
                self.ring(job_id)
                rung += 1
        return rung

    def release(
        self,
        which: Any,
        job_id: UUID,
        number: int,
        *,
        row: str | None = None,
        write: Callable[[], None] | None = None,
        **changes: Any,
    ) -> bool:
        """Let a turn go, `write` in the same transaction, and ring for the next. False when it is over already."""
        with transaction.atomic():
            if not which.update(lease=None, rung_at=timezone.now(), rings=1, **changes):
                return False
            if write:
                write()
            transaction.on_commit(partial(self.told, job_id, number, row))
            transaction.on_commit(partial(self.ring, job_id))
        return True

    def _close(
        self, which: Any, job_id: UUID, state: Stage, write: Callable[[], None] | None = None, **changes: Any
    ) -> bool:
        assert state not in OPEN_STAGES
        with transaction.atomic():
            if not which.update(state=state, lease=None, finished_at=timezone.now(), **changes):
                return False
            if write:
                write()
            transaction.on_commit(lambda: self.ended(self._all.get(pk=job_id)))
        return True

    def _tell_worker_to_stop(self, job_id: UUID) -> None:
        """Raise the flag. Without Redis the worker learns it with its next heartbeat."""
        try:
            broker.client().set(self.cancel_key(job_id), "1", ex=CANCEL_KEPT)
        except RedisError:
            return

    def _mine(self, turn: Turn[Job]) -> Any:
        return self._all.filter(pk=turn.job.pk, turn=turn.number, state=Stage.RUNNING, lease__isnull=False)

    @property
    def _all(self) -> Any:
        model: Any = self.model
        return model.objects.all()


def _lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)
