"""The versions of a draft that one can go back to: many of the last hour, few of last month."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from gradetape.submissions.models import Draft, DraftVersion

EVERY = timedelta(minutes=1)
# Up to that age, the newest of each stretch of that length; beyond, one a day.
STEPS = (
    (timedelta(hours=1), EVERY),
    (timedelta(days=1), timedelta(minutes=10)),
    (timedelta(days=7), timedelta(hours=1)),
)
LATER = timedelta(days=1)
# A text that something else replaced stays that long beside its neighbours.
KEPT_FOR = timedelta(days=7)
MOST = 150
MOST_BYTES = 4 * 1024 * 1024
# Less than half of the text being left is no typing.
SMALLEST_LOSS = 200


class Seen(NamedTuple):
    """What deciding about a version takes."""

    revision: int
    saved_at: datetime
    size: int
    kept: bool


def loses_much(before: bytes, after: bytes) -> bool:
    """Whether a save throws so much away that somebody may want it back."""
    return len(before) >= SMALLEST_LOSS and len(after) < len(before) // 2


def record(draft: Draft) -> None:
    """Add the draft as it is now to its history, unless the newest entry is less than a minute old."""
    newest = draft.versions.values_list("saved_at", flat=True).first()
    if newest is None or draft.saved_at - newest >= EVERY:
        _write(draft, kept=False)


def keep(draft: Draft) -> None:
    """Add the draft as it is now, whatever else the history holds: it is about to be replaced."""
    _write(draft, kept=True)


def _write(draft: Draft, *, kept: bool) -> None:
    facts = {"content": draft.content, "saved_at": draft.saved_at, "size": len(bytes(draft.content)), "kept": kept}
    DraftVersion.objects.update_or_create(draft=draft, revision=draft.revision, defaults=facts)
    versions = [Seen(*row) for row in draft.versions.values_list("revision", "saved_at", "size", "kept")]
    stay = survivors(versions, timezone.now())
    gone = [version.revision for version in versions if version.revision not in stay]
    if gone:
        draft.versions.filter(revision__in=gone).delete()


def survivors(newest_first: Iterable[Seen], now: datetime) -> set[int]:
    """The revisions that stay.

    Stretches are cut by the clock and not by the age, or each version would fall to its younger neighbour in turn
    and none would grow old.
    """
    stay: set[int] = set()
    taken: set[tuple[timedelta, int]] = set()
    size = 0
    for version in newest_first:
        age = now - version.saved_at
        gap = next((gap for oldest, gap in STEPS if age < oldest), LATER)
        stretch = (gap, int(version.saved_at.timestamp() // gap.total_seconds()))
        if (stretch in taken and gap != EVERY) and not (version.kept and age < KEPT_FOR):
            continue
        size += version.size
        if stay and (len(stay) >= MOST or size > MOST_BYTES):
            break
        stay.add(version.revision)
        taken.add(stretch)
    return stay
