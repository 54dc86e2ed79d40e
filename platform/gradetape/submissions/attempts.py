"""What workers do with a submission: claim it, keep it, finish it or give it back.

Each is one conditional UPDATE that says whose attempt it is about. Whoever finds no row to update has lost it, and
writes nothing.
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

from grader.model import GradeResult, Verdict
from gradetape.standings import actions as standings
from gradetape.submissions import doorbell
from gradetape.submissions.models import Attempt, CaseResult, Ending, State, Submission, SubmissionEvent
from gradetape.submissions.results import case_rows, fields_of, told_of
from gradetape.submissions.story import CLOSING_NUMBER, RESTARTED_NUMBER, Event, EventId, announce
from gradetape.submissions.teller import Teller
from gradetape.submissions.text import storable

log = structlog.get_logger(__name__)

FAULT_MESSAGE = "Our machines failed three times to grade this. It does not count, and we have been told."


@dataclass(frozen=True)
class Claim:
    """A worker's right to grade a submission, until its lease runs out."""

    submission: Submission
    attempt: int


def claim(*, submission_id: UUID, worker: str) -> Claim | None:
    """Take a queued submission; None when somebody else has it, or nobody needs it any more."""
    now = timezone.now()
    with transaction.atomic():
        taken = Submission.objects.filter(pk=submission_id, state=State.QUEUED).update(
            state=State.RUNNING, attempt=F("attempt") + 1, worker=worker, started_at=now, lease=_lease(now)
        )
        if not taken:
            return None
        submission = Submission.objects.select_related("version").get(pk=submission_id)
        Attempt.objects.create(submission=submission, number=submission.attempt, worker=worker, started_at=now)
    return Claim(submission=submission, attempt=submission.attempt)


def heartbeat(*, claim: Claim) -> bool:
    """Prolong the lease. False when the attempt is lost: cancelled, or taken for dead."""
    return bool(_mine(claim.submission.pk, claim.attempt).update(lease=_lease(timezone.now())))


def finish(*, claim: Claim, result: GradeResult, teller: Teller) -> bool:
    """Write the verdict, its cases and the story, once. False, and nothing written, when the attempt is lost.

    May be tried again when the database did not take it.
    """
    teller.keep_last("finished", told_of(result))
    rows = [event.row(claim.submission.pk) for event in teller.events]

    def write() -> None:
        CaseResult.objects.bulk_create(case_rows(claim.submission.pk, result))
        SubmissionEvent.objects.bulk_create(rows, batch_size=500)
        transaction.on_commit(partial(teller.send, last=True))

    libraries = storable(dict(result.libraries))
    return _end(claim.submission.pk, claim.attempt, Ending.FINISHED, fields_of(result), write, libraries=libraries)


def give_back(*, submission_id: UUID, attempt: int, ending: Ending, fault: str) -> bool:
    """Queue a failed attempt's submission again, or say after the last one that we could not grade it.

    False, and nothing written, when the attempt is over already.
    """
    if attempt >= settings.MAX_ATTEMPTS:
        return _give_up(submission_id=submission_id, attempt=attempt, ending=ending, fault=fault)
    restarted = Event.of(EventId(attempt, RESTARTED_NUMBER), "restarted", {"attempt": attempt + 1})
    now = timezone.now()
    with transaction.atomic():
        given = _mine(submission_id, attempt).update(
            state=State.QUEUED, lease=None, worker="", rung_at=now, rings=1, started_at=None
        )
        if not given:
            return False
        _end_attempt(submission_id, attempt, ending, fault=storable(fault))
        restarted.row(submission_id).save(force_insert=True)
        queue = Submission.objects.only("kind").get(pk=submission_id).queue
        transaction.on_commit(partial(announce, submission_id, restarted))
        transaction.on_commit(partial(doorbell.ring, submission_id=submission_id, queue=queue))
    log.warning("attempt failed", submission=str(submission_id), attempt=attempt, ending=ending, fault=fault)
    return True


def _give_up(*, submission_id: UUID, attempt: int, ending: Ending, fault: str) -> bool:
    told = {
        "verdict": Verdict.JUDGE_ERROR, "score": 0, "passed": 0, "total": 0, "message": FAULT_MESSAGE, "line": None,
        "timings": {},
    }  # fmt: skip
    finished = Event.of(EventId(attempt, CLOSING_NUMBER), "finished", told)

    def write() -> None:
        finished.row(submission_id).save(force_insert=True)
        transaction.on_commit(partial(announce, submission_id, finished))

    outcome = {"verdict": Verdict.JUDGE_ERROR, "score": 0, "message": FAULT_MESSAGE}
    log.error("submission not graded", submission=str(submission_id), attempt=attempt, ending=ending, fault=fault)
    return _end(submission_id, attempt, ending, outcome, write, fault=storable(fault))


def _end(
    submission_id: UUID,
    attempt: int,
    ending: Ending,
    outcome: dict[str, Any],
    write: Callable[[], None],
    **facts: Any,
) -> bool:
    """Finish the submission if the attempt is still the current one, and `write` in the same transaction.

    `facts` are written down with the attempt.
    """
    with transaction.atomic():
        finished_at = timezone.now()
        ended = _mine(submission_id, attempt).update(
            state=State.FINISHED, finished_at=finished_at, lease=None, **outcome
        )
        if not ended:
            return False
        _end_attempt(submission_id, attempt, ending, **facts)
        write()
        standings.record(submission_id=submission_id)
    return True


def _end_attempt(submission_id: UUID, attempt: int, ending: Ending, **facts: Any) -> None:
    mine = Attempt.objects.filter(submission_id=submission_id, number=attempt)
    mine.update(ended_at=timezone.now(), ending=ending, **facts)


def _mine(submission_id: UUID, attempt: int) -> Any:
    return Submission.objects.filter(pk=submission_id, attempt=attempt, state=State.RUNNING)


def _lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)
