"""Timelines for tests: entries as a candidate's page would have told them, at moments that the test chooses."""

from datetime import timedelta
from typing import Any

from gradetape.interviews.models import Sitting, Task
from gradetape.timeline.models import Entry

PAGE = "11111111-1111-4111-8111-111111111111"


def write(
    sitting: Sitting, *told: tuple[float, str, dict[str, Any]], page: str = PAGE, task: Task | None = None
) -> None:
    """Append entries: each a second, a kind and its data."""
    task = task or sitting.interview.tasks.get(position=1)
    first = Entry.objects.filter(sitting=sitting).count() + 1
    known = Entry.objects.filter(sitting=sitting, page=page).count()
    rows = []
    for place, (second, kind, data) in enumerate(told):
        is_sent = kind == "sent"
        at = sitting.started_at + timedelta(seconds=second)
        known += not is_sent
        rows.append(
            Entry(
                sitting=sitting, number=first + place, at=at, kind=kind, task=task, page="" if is_sent else page,
                sequence=None if is_sent else known, data=data,
            )
        )  # fmt: skip
    Entry.objects.bulk_create(rows, batch_size=500)
