"""What candidates do: submit, cancel, save drafts."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from gradetape import broker
from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.catalog.packages import draw_seed
from gradetape.standings.actions import note_work
from gradetape.submissions import doorbell
from gradetape.submissions.exceptions import DraftConflict, SourceTooLarge, TooFast, TooManyOpen
from gradetape.submissions.models import Attempt, Draft, DraftVersion, Ending, Kind, State, Submission
from gradetape.submissions.story import CLOSING_NUMBER, QUEUED, Event, EventId, announce, places_ahead

DRAFT_LIMIT = 4 * settings.SOURCE_LIMIT
DRAFT_VERSIONS = 60
DRAFT_VERSION_EVERY = timedelta(minutes=1)
CANCEL_KEPT = 3600


def submit(*, candidate: User, version: ChallengeVersion, source: bytes, kind: Kind) -> Submission:
    """Take a source to be graded: first a committed row, then a ring for a worker.

    What the source is worth is for the judge to say; only its size is refused.
    Raises SourceTooLarge, TooManyOpen, TooFast.
    """
    if len(source) > settings.SOURCE_LIMIT:
        raise SourceTooLarge
    with transaction.atomic():
        # One person's submissions are counted one after the other, or two at once would both be the last allowed.
        User.objects.select_for_update().get(pk=candidate.pk)
        check_pace(candidate=candidate)
        submission = Submission.objects.create(
            candidate=candidate, version=version, source=source, kind=kind, seed=draw_seed(version)
        )
        note_work(
            user_id=candidate.pk, challenge_id=version.challenge_id, at=submission.created_at, sent=submission.kind
        )
        ahead = places_ahead(submission)
        queued = Event.of(QUEUED, "queued", {"position": ahead + 1, "ahead": ahead})
        queued.row(submission.pk).save(force_insert=True)
        transaction.on_commit(partial(announce, submission.pk, queued))
        transaction.on_commit(partial(doorbell.ring, submission_id=submission.pk, queue=submission.queue))
    return submission


def check_pace(*, candidate: User) -> None:
    """Raises TooManyOpen or TooFast when somebody has to wait before the next submission."""
    sent = Submission.objects.filter(candidate=candidate)
    if sent.open().count() >= settings.OPEN_SUBMISSIONS:
        raise TooManyOpen
    if sent.filter(created_at__gt=timezone.now() - timedelta(minutes=1)).count() >= settings.SUBMISSIONS_A_MINUTE:
        raise TooFast


def cancel(*, submission: Submission) -> State:
    """Stop a submission that is not graded yet; one that is stays as it is. Says what state it is in now."""
    with transaction.atomic():
        current = Submission.objects.select_for_update().only("state", "attempt").get(pk=submission.pk)
        if not current.is_open:
            return State(current.state)
        now = timezone.now()
        Submission.objects.filter(pk=submission.pk).update(state=State.CANCELLED, finished_at=now, lease=None)
        Attempt.objects.filter(submission=submission, number=current.attempt, ended_at=None).update(
            ended_at=now, ending=Ending.CANCELLED
        )
        cancelled = Event.of(EventId(current.attempt, CLOSING_NUMBER), "cancelled", {})
        cancelled.row(submission.pk).save(force_insert=True)
        transaction.on_commit(partial(tell_worker_to_stop, submission))
        transaction.on_commit(partial(announce, submission.pk, cancelled))
    return State.CANCELLED


def cancel_key(submission: Submission) -> str:
    """The flag in Redis that a grading looks at several times a second."""
    return f"gradetape:cancel:{submission.pk}"


def tell_worker_to_stop(submission: Submission) -> None:
    """Raise the flag. Without Redis the worker learns it with its next heartbeat."""
    try:
        broker.client().set(cancel_key(submission), "1", ex=CANCEL_KEPT)
    except RedisError:
        return


def save_draft(*, candidate: User, challenge: Challenge, source: bytes, revision: int) -> Draft:
    """Keep what was typed on top of the revision that it was typed on (0: none yet).

    Saving the same text again is no conflict, whatever the revision: an answer may have been lost on its way.
    Raises DraftConflict, SourceTooLarge.
    """
    if len(source) > DRAFT_LIMIT:
        raise SourceTooLarge("This draft is larger than 256 KiB and can't be kept here.")
    mine = Draft.objects.filter(candidate=candidate, challenge=challenge)
    with transaction.atomic():
        now = timezone.now()
        changed = mine.filter(revision=revision).update(content=source, revision=revision + 1, saved_at=now)
        if not changed and revision == 0:
            changed = _first_draft(candidate=candidate, challenge=challenge, source=source)
        draft = mine.first()
        if draft is None or (not changed and bytes(draft.content) != source):
            raise DraftConflict
        if changed:
            _keep_version(draft=draft)
    if changed:
        note_work(user_id=candidate.pk, challenge_id=challenge.pk, at=now)
    return draft


def _first_draft(*, candidate: User, challenge: Challenge, source: bytes) -> bool:
    try:
        with transaction.atomic():
            Draft.objects.create(candidate=candidate, challenge=challenge, content=source)
    except IntegrityError:
        return False
    return True


def _keep_version(*, draft: Draft) -> None:
    """Add to the draft's history, at most once a minute, and let go of what is older than the newest few dozen."""
    newest = draft.versions.first()
    if newest and draft.saved_at - newest.saved_at < DRAFT_VERSION_EVERY:
        return
    DraftVersion.objects.create(draft=draft, content=draft.content, revision=draft.revision, saved_at=draft.saved_at)
    oldest_kept = draft.versions.values_list("revision", flat=True)[DRAFT_VERSIONS - 1 : DRAFT_VERSIONS].first()
    if oldest_kept is not None:
        draft.versions.filter(revision__lt=oldest_kept).delete()
