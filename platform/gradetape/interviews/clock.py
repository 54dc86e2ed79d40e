"""The fair clock: time that our side took from a candidate is given back.

Ours are: the time in the queue beyond ten seconds, and all that went into an attempt which a worker or the engine lost.
Two submissions that wait at the same time lose it once.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from gradetape.interviews.models import Sitting
from gradetape.submissions.models import Attempt, Ending, Submission

USUAL_WAIT = timedelta(seconds=10)
# Below that nothing is written: a clock that jumps by less helps nobody.
SMALLEST = 1.0


class Span(NamedTuple):
    """From when to when."""

    begin: datetime
    end: datetime


def lost_by(submission: Submission, attempts: Sequence[Attempt], now: datetime) -> Iterator[Span]:
    """The spans that one submission lost, some of which may still go on. `attempts` in their order."""
    over = submission.finished_at or now
    starts = [attempt.started_at for attempt in attempts]
    yield Span(submission.created_at + USUAL_WAIT, starts[0] if starts else over)
    for attempt, following in zip(attempts, [*starts[1:], over], strict=False):
        if attempt.ending in {Ending.LOST, Ending.FAULT}:
            yield Span(attempt.started_at, following)


def joined(spans: Iterable[Span], within: Span) -> float:
    """How many seconds the spans cover together, inside of another."""
    seconds, reached = 0.0, within.begin
    for begin, end in sorted(spans):
        start, stop = max(begin, reached), min(end, within.end)
        if stop > start:
            seconds += (stop - start).total_seconds()
            reached = stop
    return seconds


def credit_of(sitting: Sitting, now: datetime) -> float:
    """The seconds to be given back by now; at most as many as the sitting has, or a fault of days would take days."""
    if sitting.started_at is None:
        return 0.0
    sent = Submission.objects.filter(candidate_id=sitting.candidate_id, created_at__gte=sitting.started_at)
    rows = sent.only("created_at", "finished_at").prefetch_related("attempts")
    spans = [span for row in rows for span in lost_by(row, list(row.attempts.all()), now)]
    return min(joined(spans, Span(sitting.started_at, now)), sitting.length * 60.0)


def deadline_of(sitting: Sitting) -> datetime:
    """When a sitting that was started is over."""
    assert sitting.started_at is not None
    return sitting.started_at + timedelta(minutes=sitting.length, seconds=sitting.credit)


@transaction.atomic
def settle(*, sitting: Sitting, now: datetime) -> None:
    """Give back what is to be given back by now; the sitting then has its new deadline."""
    if not sitting.is_running or credit_of(sitting, now) < sitting.credit + SMALLEST:
        return
    found = Sitting.objects.select_for_update(of=("self",)).select_related("invitation__interview").get(pk=sitting.pk)
    if found.is_running:
        found.credit = max(found.credit, credit_of(found, now))
        found.deadline = deadline_of(found)
        found.save(update_fields=["credit", "deadline"])
    for name in ("credit", "deadline", "minutes", "finished_at", "ending"):
        setattr(sitting, name, getattr(found, name))
