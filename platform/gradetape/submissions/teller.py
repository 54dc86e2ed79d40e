"""The worker's end of a story: it keeps every event of its attempt, so what Redis loses it tells again."""

import time
from typing import Any
from uuid import UUID

import structlog
from redis.exceptions import RedisError, ResponseError

from gradetape import broker
from gradetape.submissions.story import (
    KEPT_AFTER_END,
    KEPT_WHILE_OPEN,
    RESTARTED_NUMBER,
    Event,
    EventId,
    event_of,
    fields_of,
    recorded,
    stream_key,
)

log = structlog.get_logger(__name__)

# What a candidate's code can cause in any number. Cases and the verdict always get through.
NOISY = {"output", "progress"}
NOISY_EVENTS = 4_000
NOISY_CHARACTERS = 1_000_000
CUT_WORDS = (
    f"Cut here: of what one submission prints and reports, the first {NOISY_CHARACTERS:,} characters "
    f"or {NOISY_EVENTS:,} messages are kept.\n"
)
PAUSE_SECONDS = 1.0


class Teller:
    """Tells the story of one attempt. Redis being away delays what viewers see, and stops nothing."""

    def __init__(self, submission_id: UUID, attempt: int) -> None:
        self.submission_id = submission_id
        self.attempt = attempt
        self.events: list[Event] = []
        self.fenced = False
        self._key = stream_key(submission_id)
        self._sent = 0
        self._before: int | None = None
        self._quiet_until = 0.0
        self._noise = [0, 0]
        self._is_cut = False

    def tell(self, type: str, data: dict[str, Any]) -> None:  # noqa: A002  # the wire's own word
        """Keep an event and send what has not been sent yet."""
        if self.keep(type, data):
            self.send()

    def keep(self, type: str, data: dict[str, Any]) -> bool:  # noqa: A002  # the wire's own word
        """Keep an event for the next sending. False when it was noise beyond the bound, and dropped.

        In the place of the first that is dropped stands an output that says so.
        """
        event = self._next(type, data)
        if type in NOISY:
            self._noise = [self._noise[0] + 1, self._noise[1] + len(event.data)]
            if self._noise[0] > NOISY_EVENTS or self._noise[1] > NOISY_CHARACTERS:
                if self._is_cut:
                    return False
                self._is_cut = True
                event = self._next(
                    "output", {"stream": "stderr", "text": CUT_WORDS, "case": data.get("case"), "cut": True}
                )
        self.events.append(event)
        return True

    def _next(self, type: str, data: dict[str, Any]) -> Event:  # noqa: A002  # the wire's own word
        return Event.of(EventId(self.attempt, len(self.events) + 1), type, data)

    def keep_last(self, type: str, data: dict[str, Any]) -> None:  # noqa: A002  # the wire's own word
        """Keep the event that ends the story: one, however often its writing is tried."""
        if not (self.events and self.events[-1].type == type):
            self.keep(type, data)

    def send(self, *, last: bool = False) -> None:
        """Send what has not been sent yet; what fails is sent with the next event."""
        if self.fenced or (time.monotonic() < self._quiet_until and not last):
            return
        kept = KEPT_AFTER_END if last else KEPT_WHILE_OPEN
        try:
            if not self._append(kept):
                self._retell(kept)
        except RedisError as error:
            self._quiet_until = time.monotonic() + PAUSE_SECONDS
            log.warning("story interrupted", submission=str(self.submission_id), reason=str(error))

    def _append(self, kept: int) -> bool:
        """Add the unsent events. False when the stream then is not what it should be."""
        with broker.client().pipeline(transaction=False) as pipe:
            for event in self.events[self._sent :]:
                pipe.xadd(self._key, fields_of(event), id=str(event.id))
            pipe.expire(self._key, kept)
            pipe.xlen(self._key)
            answers = pipe.execute(raise_on_error=False)
        for answer in answers:
            if isinstance(answer, ResponseError):
                return False
            if isinstance(answer, Exception):
                raise answer
        length = int(answers[-1])
        if self._before is None:
            self._before = length - len(self.events)
        if length < self._before + len(self.events):
            return False
        self._sent = len(self.events)
        return True

    def _retell(self, kept: int) -> None:
        """Write the stream anew after Redis lost a piece of it, unless the attempt is somebody else's by now."""
        newest: Any = broker.client().xrevrange(self._key, count=1)
        if newest and event_of(*newest[0]).id >= EventId(self.attempt, RESTARTED_NUMBER):
            self.fenced = True
            return
        earlier = [event for event in recorded(self.submission_id) if event.id.attempt < self.attempt]
        with broker.client().pipeline(transaction=True) as pipe:
            pipe.delete(self._key)
            for event in [*earlier, *self.events]:
                pipe.xadd(self._key, fields_of(event), id=str(event.id))
            pipe.expire(self._key, kept)
            pipe.execute()
        self._before, self._sent = len(earlier), len(self.events)
