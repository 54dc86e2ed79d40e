"""Writes: keeping a note, giving up."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge
from gradetape.study.disclosure import disclosure_of
from gradetape.study.exceptions import NoteChanged, NoteTooLarge
from gradetape.study.models import GivenUp, Note
from gradetape.submissions.text import storable

NOTE_LIMIT = 20_000


def save_note(*, candidate: User, challenge: Challenge, text: str, revision: int) -> Note:
    """Keep the text on top of the revision that it was written on (0: none yet).

    Saving what is kept already is no conflict, whatever the revision. Raises NoteChanged, NoteTooLarge.
    """
    text = str(storable(text))
    if len(text) > NOTE_LIMIT:
        raise NoteTooLarge(NOTE_LIMIT)
    mine = Note.objects.visible_to(candidate).filter(challenge=challenge)
    with transaction.atomic():
        now = timezone.now()
        changed = mine.filter(revision=revision).update(text=text, revision=revision + 1, saved_at=now)
        if not changed and revision == 0:
            changed = _first_note(candidate=candidate, challenge=challenge, text=text)
        note = mine.first() or Note(candidate=candidate, challenge=challenge, revision=0)
        if not changed and note.text != text:
            raise NoteChanged(note)
    return note


def _first_note(*, candidate: User, challenge: Challenge, text: str) -> bool:
    try:
        with transaction.atomic():
            Note.objects.create(candidate=candidate, challenge=challenge, text=text)
    except IntegrityError:
        return False
    return True


def give_up(*, candidate: User, challenge: Challenge) -> None:
    """Open the solution to somebody who has not solved the challenge, for good. Nothing to do where it is open."""
    if not disclosure_of(candidate, challenge).is_open:
        GivenUp.objects.get_or_create(candidate=candidate, challenge=challenge)
