"""Watching a sitting: one look at the database each second for all who watch it, told as server-sent events.

Entries come from web processes that may be on other machines, and a queue in Redis would be one more thing that can be
behind; the look is one query that touches three indexes. A watcher costs none: they share what a look found.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from asgiref.sync import sync_to_async
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, close_old_connections
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from gradetape.interviews.models import Sitting
from gradetape.submissions.models import OPEN, Submission
from gradetape.timeline.models import Entry
from gradetape.timeline.reading import Moment, entries_after, outcomes_of, tasks_of, unwritten_of

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
RECONNECT_MILLISECONDS = 1_000
KEEP_ALIVE_SECONDS = 15.0
# After that a watcher comes again, and is asked anew whether they may.
LONGEST_SECONDS = 600.0
NEWS_KEPT = 2_000
AT_ONCE = 2_000


class News(NamedTuple):
    """A frame for whoever watches; `number` is its entry's, where it tells of one."""

    number: int | None
    frame: bytes


class Pulse(NamedTuple):
    """What tells whether there is anything new: compared with the one before."""

    newest: int
    over: int
    open: int
    deadline: Any
    credit: float
    finished_at: Any


class Lookout:
    """What one sitting's watchers in this process share: the news since the first of them came."""

    def __init__(self, sitting_id: UUID) -> None:
        self.sitting_id = sitting_id
        self.watchers = 0
        self.is_over = False
        self.count = 0
        self.is_ready = asyncio.Event()
        self._news: deque[News] = deque(maxlen=NEWS_KEPT)
        self._told = asyncio.Condition()
        self._pulse: Pulse | None = None
        self._outcomes: set[str] = set()

    def since(self, count: int) -> list[News] | None:
        """The news after so many; None when they are kept no longer."""
        missed = self.count - count
        return list(self._news)[len(self._news) - missed :] if missed <= len(self._news) else None

    async def wait(self, count: int, seconds: float) -> bool:
        """Until there is more than so much, or the end. False when neither came for so long."""
        try:
            async with asyncio.timeout(seconds), self._told:
                await self._told.wait_for(lambda: self.count > count or self.is_over)
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Look again and again, until it is over or cancelled."""
        # Threads of its own: those of a request end with the request, and this goes on for other watchers.
        look = sync_to_async(_let_go(self._look), thread_sensitive=False)
        while True:
            if await self._looked(look):
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _looked(self, look: Callable[[], Awaitable[tuple[list[News], bool]]]) -> bool:
        """Look once and tell; says whether it is over."""
        try:
            news, is_over = await look()
        except DatabaseError as error:
            log.warning("sitting not looked at", sitting=str(self.sitting_id), reason=str(error))
            return False
        await self._tell(news, is_over)
        return is_over

    async def _tell(self, news: list[News], is_over: bool) -> None:
        async with self._told:
            self._news.extend(news)
            self.count += len(news)
            self.is_over = is_over
            self.is_ready.set()
            self._told.notify_all()

    def _look(self) -> tuple[list[News], bool]:
        """What is new since the last look, and whether nothing more can come."""
        found = look_at(self.sitting_id)
        if found is None:
            return [], True
        sitting, pulse = found
        before, self._pulse = self._pulse, pulse
        if before is None:
            self._outcomes = {one.data["submission"] for one in outcomes_of(sitting, {})}
        news = self._changes(sitting, before, pulse) if before is not None and pulse != before else []
        return news, pulse.finished_at is not None and not pulse.open and self._pulse == pulse

    def _changes(self, sitting: Sitting, before: Pulse, now: Pulse) -> list[News]:
        tasks = tasks_of(sitting)
        news = [entry_frame(one) for one in entries_after(sitting, tasks, before.newest, AT_ONCE)[0]]
        if len(news) == AT_ONCE:
            # The next look goes on from here.
            self._pulse = now._replace(newest=news[-1].number or now.newest)
        if now.over != before.over:
            ended = outcomes_of(sitting, tasks, besides=self._outcomes)
            self._outcomes |= {one.data["submission"] for one in ended}
            news += [entry_frame(one) for one in ended]
        if now[3:] != before[3:]:
            news.append(clock_frame(sitting))
        return news


def look_at(sitting_id: UUID) -> tuple[Sitting, Pulse] | None:
    """One query: the sitting with how far its timeline and its submissions are. None when it is gone."""
    sent = Submission.objects.filter(candidate=OuterRef("candidate_id")).order_by().values("candidate")
    newest = Entry.objects.filter(sitting=OuterRef("pk")).order_by("-number").values("number")[:1]
    rows = Sitting.objects.select_related("invitation__interview").annotate(
        newest=Subquery(newest),
        over=Subquery(sent.exclude(state__in=OPEN).annotate(n=Count("pk")).values("n")),
        open=Subquery(sent.filter(state__in=OPEN).annotate(n=Count("pk")).values("n")),
    )
    found: Any = rows.filter(pk=sitting_id).first()
    if found is None:
        return None
    facts = (found.newest or 0, found.over or 0, found.open or 0)
    return found, Pulse(*facts, found.deadline, found.credit, found.finished_at)


async def frames(sitting_id: UUID, after: int) -> AsyncIterator[bytes]:
    """What one watcher is told: the clock, what came after an entry, then what comes, and `end` when all is over."""
    yield f"retry: {RECONNECT_MILLISECONDS}\n\n".encode()
    lookout = _enter(sitting_id)
    try:
        async for frame in _told(lookout, after):
            yield frame
    finally:
        _leave(lookout)


async def _told(lookout: Lookout, after: int) -> AsyncIterator[bytes]:
    """The frames for one who watches. They end without `end` where the watcher should come again."""
    until, last, count = time.monotonic() + LONGEST_SECONDS, after, -1
    await lookout.is_ready.wait()
    while time.monotonic() < until:
        fresh = lookout.since(count) if count >= 0 else None
        count = lookout.count
        if fresh is None:
            async for news in _caught_up(lookout.sitting_id, last):
                last = news.number or last
                yield news.frame
            continue
        for number, frame in fresh:
            if number is None or number > last:
                last = number or last
                yield frame
        if lookout.is_over and lookout.count == count:
            yield b"event: end\ndata: {}\n\n"
            return
        if not await lookout.wait(count, KEEP_ALIVE_SECONDS):
            yield b": still here\n\n"


async def _caught_up(sitting_id: UUID, after: int) -> AsyncIterator[News]:
    """What the database has: entries in portions, then everything that has no number, which may be known already."""
    more = True
    while more:
        news, more = await sync_to_async(_let_go(_portion))(sitting_id, after)
        after = next((one.number for one in reversed(news) if one.number), after)
        for one in news:
            yield one


def _portion(sitting_id: UUID, after: int) -> tuple[list[News], bool]:
    sitting = Sitting.objects.select_related("invitation__interview").filter(pk=sitting_id).first()
    if sitting is None:
        return [], False
    tasks = tasks_of(sitting)
    entries, more = entries_after(sitting, tasks, after, AT_ONCE)
    others = [] if more else [*unwritten_of(sitting, tasks), *outcomes_of(sitting, tasks)]
    return [*map(entry_frame, [*entries, *others]), clock_frame(sitting)], more


def entry_frame(moment: Moment) -> News:
    """A moment as an `entry` frame; its number is the id that a browser comes back with."""
    return News(moment.number, _frame("entry", moment.public(), moment.number))


def clock_frame(sitting: Sitting) -> News:
    """What the watcher's clock goes by: the same facts as the candidate's."""
    return News(None, _frame("clock", clock_of(sitting)))


def _frame(type: str, data: dict[str, Any], id: int | None = None) -> bytes:  # noqa: A002  # the wire's own words
    head = f"id: {id}\n" if id else ""
    # In ASCII: what was typed may hold halves of characters, which no other encoding takes.
    return f"{head}event: {type}\ndata: {json.dumps(data, cls=DjangoJSONEncoder)}\n\n".encode("ascii")


def clock_of(sitting: Sitting) -> dict[str, Any]:
    """State, the server's time, the deadline, and the seconds given back."""
    facts = {"state": sitting.state.value, "now": timezone.now(), "deadline": sitting.deadline}
    return facts | {"credit": round(sitting.credit)}


_Lookouts = dict[UUID, tuple[Lookout, asyncio.Task[None]]]
_lookouts: "WeakKeyDictionary[asyncio.AbstractEventLoop, _Lookouts]" = WeakKeyDictionary()


def _enter(sitting_id: UUID) -> Lookout:
    """The sitting's lookout, which is there as long as somebody watches."""
    lookouts = _lookouts.setdefault(asyncio.get_running_loop(), {})
    lookout, task = lookouts.get(sitting_id) or (Lookout(sitting_id), None)
    if task is None or task.done():
        lookout = Lookout(sitting_id)
        lookouts[sitting_id] = lookout, asyncio.create_task(lookout.run())
    lookout.watchers += 1
    return lookout


def _leave(lookout: Lookout) -> None:
    """The last one to leave ends it."""
    lookout.watchers -= 1
    lookouts = _lookouts.get(asyncio.get_running_loop(), {})
    if lookout.watchers == 0 and lookouts.get(lookout.sitting_id, (None,))[0] is lookout:
        lookouts.pop(lookout.sitting_id)[1].cancel()


def _let_go(work: Callable[..., Any]) -> Callable[..., Any]:
    """The work, after which its connection is let go: a watcher may stay for an hour, and a database has few."""

    def worked(*arguments: Any) -> Any:
        try:
            return work(*arguments)
        finally:
            close_old_connections()

    return worked
