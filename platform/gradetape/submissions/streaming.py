"""A story as server-sent events: all of it to a latecomer, what was missed to whoever comes back, then the live end."""

import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from uuid import UUID

import msgspec
from asgiref.sync import sync_to_async
from django.db import close_old_connections

from gradetape.submissions.models import State
from gradetape.submissions.reader import Follower, reader
from gradetape.submissions.story import ENDINGS, Event, EventId, Snapshot, look, stream_key

RECONNECT_MILLISECONDS = 1_000
KEEP_ALIVE_SECONDS = 15.0
# How long to trust the stream before asking the database, which alone knows of ends that Redis lost.
TRUST_SECONDS = {State.QUEUED: 2.0, State.RUNNING: 8.0}
TRUST_SECONDS_WITHOUT_REDIS = 1.0


Look = Callable[[EventId], Snapshot | None]


def frames(submission_id: UUID, after: EventId) -> AsyncIterator[bytes]:
    """The frames of one viewer of a submission."""
    return frames_of(stream_key(submission_id), partial(look, submission_id), after)


async def frames_of(key: str, look_up: Look, after: EventId) -> AsyncIterator[bytes]:
    """The frames of one viewer's connection to a story: what the stream `key` tells, and what `look_up` finds in the
    database after an event. It ends with `end`, after which there is nothing to come back for.
    """
    yield f"retry: {RECONNECT_MILLISECONDS}\n\n".encode()
    async with reader().following(key, after) as follower:
        viewer = _Viewer(look_up, after, follower)
        while await viewer.look():
            for frame in viewer.take_frames():
                yield frame
            while not viewer.must_look:
                await viewer.wait()
                for frame in viewer.take_frames():
                    yield frame
        for frame in viewer.take_frames():
            yield frame


class _Viewer:
    """What one viewer has been told, and what is to be sent next."""

    def __init__(self, look_up: Look, after: EventId, follower: Follower) -> None:
        self._look_up = look_up
        self.last = after
        self.follower = follower
        self.must_look = True
        self._state = State.QUEUED
        self._place: dict[str, int] = {}
        self._frames: list[bytes] = []
        self._sent_at = time.monotonic()

    async def look(self) -> bool:
        """Look the story up. False when it is over, with the end in the frames."""
        self.follower.start_over()
        self.must_look = False
        snapshot = await _look(self._look_up, self.last)
        if snapshot is None:
            self._frames.append(_frame("end", b"{}"))
            return False
        for event in snapshot.events:
            self._add(event)
        self.must_look = False
        if snapshot.is_final:
            self._frames.append(_frame("end", msgspec.json.encode(snapshot.end())))
            return False
        self._state = State(snapshot.state)
        self._tell_place(snapshot.place())
        return True

    async def wait(self) -> None:
        """Wait for events, or for the moment when the database should be asked again."""
        trust = TRUST_SECONDS[self._state] if reader().is_connected else TRUST_SECONDS_WITHOUT_REDIS
        events = await self.follower.take(trust)
        for event in events:
            # Redis forgot what came before, or this follower was too slow for it.
            if event.id.has_gap_after(self.last):
                self.must_look = True
                return
            self._add(event)
        if not events or self.follower.is_behind:
            self.must_look = True
        if time.monotonic() - self._sent_at > KEEP_ALIVE_SECONDS:
            self._frames.append(b": still here\n\n")

    def take_frames(self) -> list[bytes]:
        """What is to be sent now."""
        frames, self._frames = self._frames, []
        if frames:
            self._sent_at = time.monotonic()
        return frames

    def _add(self, event: Event) -> None:
        if event.id <= self.last:
            return
        self.last = event.id
        self._frames.append(_frame(event.type, event.data.encode(), event.id))
        # A change of state is for the database to say: what comes next depends on it.
        if event.type in ENDINGS or event.type == "restarted" or self._state == State.QUEUED:
            self.must_look = True

    def _tell_place(self, place: dict[str, int]) -> None:
        if place and place != self._place:
            self._frames.append(_frame("position", msgspec.json.encode(place)))
        self._place = place


def _frame(type: str, data: bytes, id: EventId | None = None) -> bytes:  # noqa: A002  # the wire's own words
    head = f"id: {id}\n" if id else ""
    return f"{head}event: {type}\ndata: ".encode() + data + b"\n\n"


@sync_to_async
def _look(look_up: Look, after: EventId) -> Snapshot | None:
    """Look, and let the connection go: a viewer may stay for minutes, and a database has few connections."""
    try:
        return look_up(after)
    finally:
        close_old_connections()
