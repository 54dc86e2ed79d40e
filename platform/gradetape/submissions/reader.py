"""One task of a web process that reads every stream somebody is watching, and hands what it reads to the viewers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gradetape import broker
from gradetape.submissions.story import Event, EventId, event_of

log = structlog.get_logger(__name__)

BLOCK_MILLISECONDS = 10_000
AT_ONCE = 500
PAUSE_SECONDS = 1.0
QUEUE_LENGTH = 1_000
WAKE_KEPT = 600


class Follower:
    """One viewer of one story: what was read for it since it last took."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(QUEUE_LENGTH)
        # Something was not handed over: it has to look the story up again.
        self.is_behind = False

    def offer(self, event: Event | None) -> None:
        """Hand over an event without waiting for a viewer that is too slow; None: look for yourself."""
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.is_behind = True

    async def take(self, timeout: float) -> list[Event]:  # noqa: ASYNC109  # nothing came in time is an answer, not an error
        """What has come, waiting for the first for at most `timeout` seconds."""
        try:
            taken = [await asyncio.wait_for(self._queue.get(), timeout)]
        except TimeoutError:
            return []
        while not self._queue.empty():
            taken.append(self._queue.get_nowait())
        self.is_behind |= None in taken
        return [event for event in taken if event is not None]

    def start_over(self) -> None:
        """Forget what was missed; the caller looks it up."""
        self.is_behind = False
        while not self._queue.empty():
            self._queue.get_nowait()


class Reader:
    """Follows all watched stories with one blocking read. It starts with the first viewer and ends after the last."""

    def __init__(self) -> None:
        self.is_connected = True
        self._followers: dict[str, set[Follower]] = {}
        self._positions: dict[str, str] = {}
        # A read that blocks can't be told of another stream, except through a stream it already reads.
        self._wake_key = f"gradetape:wake:{uuid4()}"
        self._task: asyncio.Task[None] | None = None
        self._client: Redis | None = None

    @asynccontextmanager
    async def following(self, key: str, after: EventId) -> AsyncIterator[Follower]:
        """A follower that is offered every event of a stream from now on; earlier ones after `after` may come too."""
        follower = Follower()
        is_new = key not in self._followers
        self._followers.setdefault(key, set()).add(follower)
        self._positions.setdefault(key, str(after))
        try:
            if self._task is None:
                self._task = asyncio.create_task(self._read())
            elif is_new:
                await self._wake()
            yield follower
        finally:
            self._followers[key].discard(follower)
            if not self._followers[key]:
                del self._followers[key], self._positions[key]

    def count(self) -> tuple[int, int]:
        """How many stories are watched here, and by how many viewers."""
        return len(self._followers), sum(map(len, self._followers.values()))

    async def _wake(self) -> None:
        client = self._client
        if client is None:
            # The task has not begun, and will begin with all that is watched by then.
            return
        with suppress(RedisError, OSError):
            await client.xadd(self._wake_key, {"new": "1"}, maxlen=1)
            await client.expire(self._wake_key, WAKE_KEPT)

    async def _read(self) -> None:
        woken = "$"
        # Each task has connections of its own: one that ends closes nothing under the next.
        client = self._client = broker.async_client()
        try:
            while self._followers:
                try:
                    # "$" would miss a wake-up between two reads, so it is asked for once and then remembered.
                    woken = await self._newest_wake(client) if woken == "$" else woken
                    positions: Any = {**self._positions, self._wake_key: woken}
                    found = await client.xread(positions, count=AT_ONCE, block=BLOCK_MILLISECONDS)
                    self.is_connected = True
                    woken = self._deliver(found or []) or woken
                except (RedisError, OSError) as error:
                    self._lose_connection(error)
                    await asyncio.sleep(PAUSE_SECONDS)
        finally:
            # Before anything is awaited: whoever comes next starts a task of their own.
            self._task = self._client = None
            await client.aclose()

    def _lose_connection(self, error: Exception) -> None:
        """Say so once, and send every viewer to the database."""
        if self.is_connected:
            log.warning("stories not read", reason=str(error))
            for follower in set().union(*self._followers.values()):
                follower.offer(None)
        self.is_connected = False

    async def _newest_wake(self, client: Redis) -> str:
        entries = await client.xrevrange(self._wake_key, count=1)
        return str(entries[0][0]) if entries else "0-0"

    def _deliver(self, found: object) -> str | None:
        """Offer what was read; returns the newest wake-up among it."""
        woken = None
        streams = found.items() if isinstance(found, dict) else found
        for key, entries in streams:  # type: ignore[attr-defined]
            for entry_id, fields in entries:
                if key == self._wake_key:
                    woken = entry_id
                elif key in self._positions:
                    self._positions[key] = entry_id
                    event = event_of(entry_id, fields)
                    for follower in self._followers[key]:
                        follower.offer(event)
        return woken


_readers: "WeakKeyDictionary[asyncio.AbstractEventLoop, Reader]" = WeakKeyDictionary()


def reader() -> Reader:
    """The reader of this process's event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _readers:
        _readers[loop] = Reader()
    return _readers[loop]
