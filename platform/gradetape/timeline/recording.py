"""Recording: the entries of a sitting, in the order in which the server takes them.

Both functions run while the sitting's row is held, in the transaction of whoever calls: see interviews/actions/sit.py.
So numbers have no gaps, and no entry comes after the end.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from django.db import transaction
from django.utils import timezone

from gradetape.interviews.models import Sitting, Task
from gradetape.submissions.models import Submission
from gradetape.timeline.batches import Batch, Told
from gradetape.timeline.exceptions import BadBatch, Gap, RecordingFull
from gradetape.timeline.models import Entry, Happening, Recording

MOST_ENTRIES = 200_000
MOST_BYTES = 64 * 1024 * 1024


def take(*, sitting: Sitting, task: Task, batch: Batch, size: int) -> int:
    """Write down what is new in a batch of so many bytes; the answer is the sequence number that its page tells next.

    All of it is written, or nothing. Raises BadBatch where the page belongs to another task, Gap, and RecordingFull.
    """
    page = str(batch.page)
    known = Entry.objects.filter(sitting=sitting, page=page).order_by("-sequence").only("sequence", "task_id").first()
    if known and known.task_id != task.pk:
        raise BadBatch("Expected one task for all entries of a page. Received: another than before.")
    expected = ((known and known.sequence) or 0) + 1
    fresh = [one for one in batch.entries if one.sequence >= expected]
    if not fresh:
        return expected
    if fresh[0].sequence != expected:
        raise Gap(expected)
    last = _last(sitting)
    _make_room(sitting, (last.number if last else 0) + len(fresh), size)
    rows = _dated(sitting, fresh, batch.sent, last)
    for row, one in zip(rows, fresh, strict=True):
        row.task, row.page, row.sequence = task, page, one.sequence
    Entry.objects.bulk_create(rows, batch_size=500)
    return fresh[-1].sequence + 1


def note_sent(*, sitting: Sitting, submission: Submission, task: Task, **facts: Any) -> Entry:
    """Write down that a source was sent. `facts`: `page` and `sequence` where its page told, or `handed_in`."""
    last = _last(sitting)
    data = {
        "submission": str(submission.pk),
        "kind": submission.kind,
        "sha256": hashlib.sha256(bytes(submission.source)).hexdigest(),
        **facts,
    }
    now = timezone.now()
    at = max(now, last.at) if last else now
    number = last.number + 1 if last else 1
    return Entry.objects.create(sitting=sitting, number=number, at=at, kind=Happening.SENT, task=task, data=data)


def _last(sitting: Sitting) -> Entry | None:
    return Entry.objects.filter(sitting=sitting).order_by("-number").only("number", "at").first()


def _make_room(sitting: Sitting, entries: int, size: int) -> None:
    """Count what comes. Raises RecordingFull where it would be too much."""
    recording, _ = Recording.objects.get_or_create(sitting=sitting)
    if entries > MOST_ENTRIES or recording.size + size > MOST_BYTES:
        raise RecordingFull
    recording.size += size
    recording.save(update_fields=["size"])


def note_cut(*, sitting: Sitting) -> None:
    """Remember since when there was no room: in a transaction of its own, since what was refused left nothing."""
    with transaction.atomic():
        Recording.objects.get_or_create(sitting=sitting)
        Recording.objects.filter(sitting=sitting, cut_at=None).update(cut_at=timezone.now())


def _dated(sitting: Sitting, told: Sequence[Told], sent: int, last: Entry | None) -> list[Entry]:
    """The rows with number, time, kind and data.

    A page's clock may be wrong, so only the time between an entry and its sending is believed, and of that no more
    than fits: an entry is never before the one before it, nor after now.
    """
    now = timezone.now()
    earliest: datetime = (last.at if last else sitting.started_at) or now
    latest = max(now, earliest)
    ages = [timedelta(milliseconds=min(max(sent - one.t, 0), 10**11)) for one in told]
    times = accumulate((min(now - age, latest) for age in ages), max, initial=earliest)
    next(times)
    number = last.number + 1 if last else 1
    return [
        Entry(sitting=sitting, number=n, at=at, kind=one.kind, data=one.data())
        for n, (one, at) in enumerate(zip(told, times, strict=True), start=number)
    ]
