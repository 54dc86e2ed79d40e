"""The newest submissions of one person, live: all that are under way over one stream, and as JSON for who polls."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID

import msgspec
from asgiref.sync import sync_to_async
from django.db import close_old_connections

from gradetape.standings.overview import RECENT
from gradetape.submissions.models import OPEN, Kind, State, Submission
from gradetape.submissions.reader import Follower, reader
from gradetape.submissions.story import BEGINNING, ENDINGS, Event, EventId, look, places_ahead, stream_key

RECONNECT_MILLISECONDS = 2_000
TICK_SECONDS = 0.4
# What a follower holds is there at once; this is only how long it takes to be handed over.
HANDOVER_SECONDS = 0.001
# What is sent in another window shows up here after so long, and so does what Redis lost.
LOOK_SECONDS = 3.0
KEEP_ALIVE_SECONDS = 15.0
FIELDS = ("kind", "state", "verdict", "score", "created_at", "version__cases")


class Row(msgspec.Struct):
    """What a row of the list shows. `ahead`: how many wait before it; `landed`: cases that have their outcome."""

    id: UUID
    state: str
    verdict: str | None
    score: float | None
    ahead: int | None
    landed: int
    total: int


@dataclass
class Tally:
    """How many cases of a story have landed, up to its last event."""

    last: EventId = BEGINNING
    landed: int = 0
    has_ended: bool = False

    def take(self, events: Iterable[Event]) -> None:
        """Count events in their order; what was counted before is left out."""
        for event in events:
            if event.id > self.last:
                self.last = event.id
                self.landed = 0 if event.type == "restarted" else self.landed + (event.type == "case")
                self.has_ended |= event.type in ENDINGS


def recent_rows(user_id: int, tallies: dict[UUID, Tally]) -> list[Row]:
    """The newest submissions; `tallies` says how far those under way are, and gets one for each that it lacks."""
    sent = Submission.objects.filter(candidate=user_id).in_histories().select_related("version")
    rows = list(sent.only(*FIELDS)[:RECENT])
    for row in rows:
        if row.is_open:
            tally = tallies.setdefault(row.pk, Tally())
            snapshot = look(row.pk, tally.last) if tally.last == BEGINNING else None
            tally.take(snapshot.events if snapshot else [])
    return [_row(row, tallies.get(row.pk, Tally())) for row in rows]


def _row(submission: Submission, tally: Tally) -> Row:
    cases = [case for case in submission.version.cases if case["sample"] or submission.kind == Kind.SUBMIT]
    return Row(
        id=submission.pk,
        state=submission.state,
        verdict=submission.verdict,
        score=submission.score,
        ahead=places_ahead(submission) if submission.state == State.QUEUED else None,
        landed=min(tally.landed, len(cases)),
        total=len(cases),
    )


async def frames(user_id: int) -> AsyncIterator[bytes]:
    """The frames of one viewer: a `row` whenever one changes, and `end` when nothing is under way any more."""
    yield f"retry: {RECONNECT_MILLISECONDS}\n\n".encode()
    async with AsyncExitStack() as stack:
        board = _Board(user_id, stack)
        while await board.look():
            for frame in board.take_frames():
                yield frame
            async for frame in board.changes():
                yield frame
        for frame in board.take_frames():
            yield frame
    yield b"event: end\ndata: {}\n\n"


class _Board:
    """What one viewer has been told of each row, and the stories that are followed for them."""

    def __init__(self, user_id: int, stack: AsyncExitStack) -> None:
        self.user_id = user_id
        self._stack = stack
        self._tallies: dict[UUID, Tally] = {}
        self._followers: dict[UUID, Follower] = {}
        self._rows: dict[UUID, Row] = {}
        self._told: dict[UUID, bytes] = {}
        self._sent_at = time.monotonic()

    async def look(self) -> bool:
        """Ask the database. False when nothing is under way."""
        rows = await _look(self.user_id, self._tallies)
        self._rows = {row.id: row for row in rows}
        for row in rows:
            if row.state in OPEN and row.id not in self._followers:
                after = self._tallies[row.id].last
                following = reader().following(stream_key(row.id), after)
                self._followers[row.id] = await self._stack.enter_async_context(following)
        return any(row.state in OPEN for row in rows)

    async def changes(self) -> AsyncIterator[bytes]:
        """What the followed stories tell, until the database should be asked again."""
        end = time.monotonic() + LOOK_SECONDS
        while time.monotonic() < end:
            await asyncio.sleep(TICK_SECONDS)
            ended = [await self._follow(id) for id in self._followers]  # noqa: A001  # the wire's own word
            for frame in self.take_frames():
                yield frame
            if any(ended):
                return

    async def _follow(self, id: UUID) -> bool:  # noqa: A002  # the wire's own word
        """Count what a story told since; True when it ended just now, and the database knows how."""
        tally, row = self._tallies[id], self._rows.get(id)
        events = await self._followers[id].take(HANDOVER_SECONDS)
        if row is None or tally.has_ended:
            return False
        if self._followers[id].is_behind or (events and events[0].id.has_gap_after(tally.last)):
            self._followers[id].is_behind = False
            tally.last, tally.landed = BEGINNING, 0
            return True
        tally.take(events)
        if events and row.state == State.QUEUED and tally.last.attempt:
            row.state, row.ahead = State.RUNNING, None
        row.landed = min(tally.landed, row.total)
        return tally.has_ended

    def take_frames(self) -> list[bytes]:
        """The rows that changed since they were told; now and then a sign of life."""
        frames = []
        for id, row in self._rows.items():  # noqa: A001  # the wire's own word
            data = msgspec.json.encode(row)
            if self._told.get(id) != data:
                self._told[id] = data
                frames.append(b"event: row\ndata: " + data + b"\n\n")
        if not frames and time.monotonic() - self._sent_at > KEEP_ALIVE_SECONDS:
            frames.append(b": still here\n\n")
        if frames:
            self._sent_at = time.monotonic()
        return frames


@sync_to_async
def _look(user_id: int, tallies: dict[UUID, Tally]) -> list[Row]:
    """Look, and let the connection go: a viewer may stay for minutes, and a database has few connections."""
    try:
        return recent_rows(user_id, tallies)
    finally:
        close_old_connections()
