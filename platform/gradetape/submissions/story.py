"""A submission's story: the events a viewer is told, under ids that hold in Redis, in the database and on the wire.

An id is ATTEMPT-NUMBER. Redis takes ids only in rising order, so a worker that lost its attempt is refused by the
stream itself once the event that closed the attempt is in it; and no machine's clock has a say in the order.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple, Self
from uuid import UUID

import msgspec
import structlog
from redis.exceptions import RedisError

from gradetape import broker
from gradetape.submissions.models import OPEN, QUEUES, State, Submission, SubmissionEvent
from gradetape.submissions.text import storable

log = structlog.get_logger(__name__)

KEPT_WHILE_OPEN = 24 * 3600
KEPT_AFTER_END = 3600
# Far above what a teller lets through: the last bound, not the usual one.
LONGEST_STREAM = 20_000
# Events that close an attempt from outside come after all that its worker may still say.
RESTARTED_NUMBER = 2**31
# Far more than an id needs, and far fewer digits than Python refuses to read as a number.
LONGEST_ID = 100
CLOSING_NUMBER = 2**31 + 1
ENDINGS = {"finished", "cancelled"}


class EventId(NamedTuple):
    """Where an event stands in its story."""

    attempt: int
    number: int

    def __str__(self) -> str:
        return f"{self.attempt}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The id that was written; anything else means the very beginning."""
        attempt, _, number = text[:LONGEST_ID].partition("-")
        if not (attempt.isascii() and attempt.isdigit() and number.isascii() and number.isdigit()):
            return cls(0, 0)
        return cls(min(int(attempt), RESTARTED_NUMBER), min(int(number), CLOSING_NUMBER))

    def has_gap_after(self, earlier: "EventId") -> bool:
        """Whether something must have been told between the two: attempts are counted from 1, and so is what a worker
        tells in one; no number is left out.
        """
        if self <= earlier or (self.attempt == earlier.attempt and self.number >= RESTARTED_NUMBER):
            return False
        return self not in (EventId(earlier.attempt, earlier.number + 1), EventId(earlier.attempt + 1, 1))


BEGINNING = EventId(0, 0)
QUEUED = EventId(0, 1)


class Event(NamedTuple):
    """One event; `data` is the JSON text of an object, free of NUL characters."""

    id: EventId
    type: str
    data: str

    @classmethod
    def of(cls, id: EventId, type: str, data: dict[str, Any]) -> Self:  # noqa: A002  # the wire's own words
        return cls(id, type, msgspec.json.encode(storable(data)).decode())

    def values(self) -> dict[str, Any]:
        """What the event says."""
        values: dict[str, Any] = msgspec.json.decode(self.data)
        return values

    def public(self) -> dict[str, Any]:
        """The event as JSON answers carry it."""
        return {"id": str(self.id), "type": self.type, "data": self.values()}

    def row(self, submission_id: UUID) -> SubmissionEvent:
        """The event as the database keeps it."""
        attempt, number = self.id
        return SubmissionEvent(
            submission_id=submission_id, attempt=attempt, number=number, type=self.type, data=self.data
        )


class Snapshot(NamedTuple):
    """A submission at one moment: its state and what was told after some event."""

    state: str
    verdict: str | None
    score: float | None
    ahead: int | None
    events: list[Event]

    @property
    def is_final(self) -> bool:
        return self.state not in OPEN

    def place(self) -> dict[str, int]:
        """The place in the queue; empty when it is not waiting."""
        return {} if self.ahead is None else {"position": self.ahead + 1, "ahead": self.ahead}

    def end(self) -> dict[str, Any]:
        """What is said last."""
        return {"state": self.state, "verdict": self.verdict, "score": self.score}

    def public(self) -> dict[str, Any]:
        """The snapshot as JSON answers carry it."""
        told = {**self.end(), "position": None, "ahead": None}
        return told | self.place() | {"events": [event.public() for event in self.events]}


def stream_key(submission_id: UUID) -> str:
    """The Redis Stream of a submission."""
    return f"gradetape:story:{submission_id}"


def fields_of(event: Event) -> dict[Any, Any]:
    """An event as the fields of a stream's entry."""
    return {"type": event.type, "data": event.data}


def event_of(entry_id: Any, fields: Any) -> Event:
    """The event in a stream's entry."""
    return Event(EventId.parse(entry_id), fields["type"], fields["data"])


def announce(submission_id: UUID, event: Event) -> None:
    """Tell viewers what is already in the database. Without Redis they find it there a little later."""
    append(stream_key(submission_id), event)


def append(key: str, event: Event) -> None:
    """Add an event to a stream. What Redis does not take is logged and left out."""
    kept = KEPT_AFTER_END if event.type in ENDINGS else KEPT_WHILE_OPEN
    try:
        with broker.client().pipeline(transaction=False) as pipe:
            pipe.xadd(key, fields_of(event), id=str(event.id), maxlen=LONGEST_STREAM)
            pipe.expire(key, kept)
            pipe.execute()
    except RedisError as error:
        log.warning("event not announced", stream=key, event_type=event.type, reason=str(error))


def places_ahead(submission: Submission) -> int:
    """How many are waiting in the same queue since before this one."""
    kinds = [kind for kind, queue in QUEUES.items() if queue == submission.queue]
    waiting = Submission.objects.filter(state=State.QUEUED, kind__in=kinds)
    return waiting.filter(created_at__lt=submission.created_at).count()


def look(submission_id: UUID, after: EventId = BEGINNING) -> Snapshot | None:
    """The submission now, with its events after an id; None when it is gone.

    While it is open the database holds only what was told before this attempt, and Redis the rest. Afterwards the
    database holds everything.
    """
    fields = ("state", "verdict", "score", "kind", "created_at")
    submission = Submission.objects.only(*fields).filter(pk=submission_id).first()
    if submission is None:
        return None
    events = _recorded(submission_id, after)
    ahead = None
    if submission.is_open:
        events = merged(events, streamed(stream_key(submission_id), after))
        ahead = places_ahead(submission) if submission.state == State.QUEUED else None
    return Snapshot(submission.state, submission.verdict, submission.score, ahead, events)


def recorded(submission_id: UUID) -> list[Event]:
    """What the database holds of a story."""
    return _recorded(submission_id, BEGINNING)


def _recorded(submission_id: UUID, after: EventId) -> list[Event]:
    rows = SubmissionEvent.objects.filter(submission_id=submission_id, attempt__gte=after.attempt)
    events = [Event(EventId(row.attempt, row.number), row.type, row.data) for row in rows.order_by("attempt", "number")]
    return [event for event in events if event.id > after]


def streamed(key: str, after: EventId) -> list[Event]:
    """What Redis holds of a story after an event."""
    try:
        entries: Any = broker.client().xrange(key, min=f"({after}")
    except RedisError as error:
        log.warning("story not read", stream=key, reason=str(error))
        return []
    return [event_of(entry_id, fields) for entry_id, fields in entries]


def merged(*sources: Iterable[Event]) -> list[Event]:
    """The events of several sources in their order, each once."""
    by_id = {event.id: event for source in sources for event in source}
    return [by_id[id] for id in sorted(by_id)]  # noqa: A001  # the wire's own word
