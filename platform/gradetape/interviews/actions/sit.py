"""Sitting: start, what is sent while it runs, and the end, which comes once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from gradetape.catalog.models import ChallengeVersion
from gradetape.interviews.clock import deadline_of, settle
from gradetape.interviews.exceptions import NotNow, TimeIsUp
from gradetape.interviews.models import Ending, Invitation, Sitting, Task
from gradetape.interviews.progress import sent_for
from gradetape.submissions.actions import submit
from gradetape.submissions.exceptions import SourceTooLarge
from gradetape.submissions.models import Draft, Kind
from gradetape.submissions.text import encoded
from gradetape.timeline.recording import note_sent
from gradetape.webhooks.models import Event
from gradetape.webhooks.outbox import announce

log = structlog.get_logger(__name__)

LONGEST_EXTRA = 24 * 60


@transaction.atomic
def start(*, sitting: Sitting) -> None:
    """Start the clock. A second start changes nothing. Raises NotNow."""
    found = _locked(sitting)
    now = timezone.now()
    if not found.is_waiting:
        return
    if not found.startable(now):
        raise NotNow
    found.started_at, found.minutes = now, found.length
    found.deadline = deadline_of(found)
    found.save(update_fields=["started_at", "minutes", "deadline"])
    announce(sitting=found, event=Event.STARTED)


@transaction.atomic
def give_extra_time(*, invitation: Invitation, minutes: int) -> None:
    """Let somebody have so many minutes more than the others, also in the middle of their sitting."""
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("interview").get(pk=invitation.pk)
    invitation.extra_minutes = minutes
    invitation.save(update_fields=["extra_minutes"])
    running = Sitting.objects.running().select_for_update(of=("self",)).filter(invitation=invitation)
    for sitting in running.select_related("invitation__interview"):
        sitting.minutes = invitation.interview.minutes + minutes
        sitting.deadline = deadline_of(sitting)
        sitting.save(update_fields=["minutes", "deadline"])


@contextmanager
def taking(*, sitting: Sitting) -> Iterator[None]:
    """What happens inside counts, or does not happen: no end comes in between. Raises TimeIsUp."""
    with transaction.atomic():
        if not _locked(sitting).takes(timezone.now()):
            raise TimeIsUp
        yield


def hand_in(*, sitting: Sitting) -> bool:
    """End a sitting before its time, as its candidate wants. False when it was over already."""
    return _end(sitting, Ending.HANDED_IN)


def close_if_due(*, sitting: Sitting, now: datetime) -> bool:
    """Give back what is to be given back, then end the sitting if its time is up. Says whether this call did."""
    settle(sitting=sitting, now=now)
    ended = _end(sitting, Ending.TIME_UP, due=now)
    if ended:
        sitting.refresh_from_db(fields=["finished_at", "ending"])
    return ended


def close_due() -> int:
    """End every sitting whose time is up. What is done again and again; says how many there were."""
    now = timezone.now()
    due = Sitting.objects.due(now).select_related("invitation__interview")
    return sum(close_if_due(sitting=sitting, now=now) for sitting in list(due[:200]))


@transaction.atomic
def _end(sitting: Sitting, ending: Ending, due: datetime | None = None) -> bool:
    """The one place that ends a sitting: whoever's UPDATE finds it running sends what was typed at last."""
    mine = Sitting.objects.running() if due is None else Sitting.objects.due(due)
    if not mine.filter(pk=sitting.pk).update(finished_at=timezone.now(), ending=ending):
        return False
    for task, version, source in _unsent(sitting):
        try:
            made = submit(candidate=sitting.candidate, version=version, source=source, kind=Kind.SUBMIT, paced=False)
        except SourceTooLarge:
            log.warning("not handed in: too large", sitting=str(sitting.pk), challenge=version.challenge_id)
        else:
            note_sent(sitting=sitting, submission=made, task=task, handed_in=True)
    announce(sitting=sitting, event=Event.FINISHED)
    return True


def _unsent(sitting: Sitting) -> Iterator[tuple[Task, ChallengeVersion, bytes]]:
    """What was typed and is neither the starter nor what was submitted last."""
    for task in sitting.interview.tasks.select_related("version"):
        draft = Draft.objects.filter(candidate_id=sitting.candidate_id, challenge_id=task.challenge_id).first()
        if draft is None or task.version is None:
            continue
        sent = sent_for(sitting, task).filter(kind=Kind.SUBMIT).first()
        before = bytes(sent.source) if sent else encoded(task.version.starter)
        if bytes(draft.content) != before:
            yield task, task.version, bytes(draft.content)


def _locked(sitting: Sitting) -> Sitting:
    return Sitting.objects.select_for_update(of=("self",)).select_related("invitation__interview").get(pk=sitting.pk)
