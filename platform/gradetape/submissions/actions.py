"""What candidates do: submit, cancel, save what they type."""

from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from gradetape import broker
from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.catalog.packages import draw_seed
from gradetape.standings.actions import note_work
from gradetape.submissions import doorbell, history
from gradetape.submissions.exceptions import DraftConflict, SourceTooLarge, TooFast, TooManyOpen
from gradetape.submissions.models import (
    OPEN,
    Attempt,
    Draft,
    EditorSettings,
    Ending,
    Kind,
    Snippet,
    State,
    Submission,
)
from gradetape.submissions.story import CLOSING_NUMBER, QUEUED, Event, EventId, announce, places_ahead

DRAFT_LIMIT = 4 * settings.SOURCE_LIMIT
# A request has room for a source and this much, however much of both is escaped.
SNIPPET_LIMIT = 16 * 1024
SNIPPETS_KEPT = 20
CANCEL_KEPT = 3600
Text = TypeVar("Text", Draft, Snippet)


def submit(
    *,
    candidate: User,
    version: ChallengeVersion,
    source: bytes,
    kind: Kind,
    snippet: bytes | None = None,
    paced: bool = True,
) -> Submission:
    """Take a source to be graded: first a committed row, then a ring for a worker.

    What the source is worth is for the judge to say; only its size is refused. A `snippet` comes with kind SCRATCH
    and with no other. `paced`: False lets a clock send what they typed, however much they
    have sent just now.
    Raises SourceTooLarge, TooManyOpen, TooFast.
    """
    if len(source) > settings.SOURCE_LIMIT:
        raise SourceTooLarge
    if len(snippet or b"") > SNIPPET_LIMIT:
        raise SourceTooLarge("Your snippet is larger than 16 KiB. Put what is longer into your file.")
    with transaction.atomic():
        # One person's submissions are counted one after the other, or two at once would both be the last allowed.
        User.objects.select_for_update().get(pk=candidate.pk)
        if paced:
            check_pace(candidate=candidate)
        submission = Submission.objects.create(
            candidate=candidate, version=version, source=source, kind=kind, snippet=snippet, seed=draw_seed(version)
        )
        if kind == Kind.SCRATCH:
            _forget_snippets(candidate=candidate)
        note_work(
            user_id=candidate.pk, challenge_id=version.challenge_id, at=submission.created_at, sent=submission.kind
        )
        ahead = places_ahead(submission)
        queued = Event.of(QUEUED, "queued", {"position": ahead + 1, "ahead": ahead})
        queued.row(submission.pk).save(force_insert=True)
        transaction.on_commit(partial(announce, submission.pk, queued))
        transaction.on_commit(partial(doorbell.ring, submission_id=submission.pk, queue=submission.queue))
    return submission


def _forget_snippets(*, candidate: User) -> None:
    """Let go of what was tried out long ago: it is in no history, so nobody would find it."""
    tried = Submission.objects.filter(candidate=candidate, kind=Kind.SCRATCH)
    kept = list(tried.values_list("pk", flat=True)[:SNIPPETS_KEPT])
    if len(kept) == SNIPPETS_KEPT:
        tried.exclude(pk__in=kept).exclude(state__in=OPEN).delete()


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


def save_draft(
    *, candidate: User, challenge: Challenge, source: bytes, revision: int, keep_previous: bool = False
) -> Draft:
    """Keep what was typed on top of the revision that it was typed on (0: none yet).

    Saving the same text again is no conflict, whatever the revision: an answer may have been lost on its way. What is
    replaced goes to the history where `keep_previous` asks for it, and where most of the text would be gone.
    Raises DraftConflict, SourceTooLarge.
    """
    if len(source) > DRAFT_LIMIT:
        raise SourceTooLarge("This draft is larger than 256 KiB and can't be kept here.")
    with transaction.atomic():
        before = Draft.objects.select_for_update().filter(candidate=candidate, challenge=challenge).first()
        if before and (keep_previous or history.loses_much(bytes(before.content), source)):
            history.keep(before)
        draft = _save(Draft, before, candidate=candidate, challenge=challenge, source=source, revision=revision)
        if draft is not before:
            history.record(draft)
    if draft is not before:
        note_work(user_id=candidate.pk, challenge_id=challenge.pk, at=draft.saved_at)
    return draft


def save_snippet(*, candidate: User, challenge: Challenge, source: bytes, revision: int) -> Snippet:
    """Keep what somebody tries out, by the same rules as a draft. Raises DraftConflict, SourceTooLarge."""
    if len(source) > DRAFT_LIMIT:
        raise SourceTooLarge("This snippet is larger than 256 KiB and can't be kept here.")
    with transaction.atomic():
        before = Snippet.objects.select_for_update().filter(candidate=candidate, challenge=challenge).first()
        return _save(Snippet, before, candidate=candidate, challenge=challenge, source=source, revision=revision)


def _save(
    model: type[Text], before: Text | None, *, candidate: User, challenge: Challenge, source: bytes, revision: int
) -> Text:
    """The row with the new text; as it was when it has that text already. Raises DraftConflict."""
    mine = model.objects.filter(candidate=candidate, challenge=challenge)
    if before is None and revision == 0:
        before = _first(model, candidate=candidate, challenge=challenge, source=source) or mine.first()
    if before is not None and bytes(before.content) == source:
        return before
    changed = mine.filter(revision=revision).update(content=source, revision=revision + 1, saved_at=timezone.now())
    if not changed:
        raise DraftConflict
    return mine.get()


def _first(model: type[Text], *, candidate: User, challenge: Challenge, source: bytes) -> Text | None:
    """The first row, unless another request has just made it."""
    try:
        with transaction.atomic():
            return model.objects.create(candidate=candidate, challenge=challenge, content=source)
    except IntegrityError:
        return None


def choose_editor_settings(*, user: User, chosen: dict[str, Any]) -> None:
    """Remember how somebody likes the editor."""
    EditorSettings.objects.update_or_create(user=user, defaults={"chosen": chosen})
