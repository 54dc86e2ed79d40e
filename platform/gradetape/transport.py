"""Kombu's way to Redis, minus one way to die, and with a queue that is asked last.

When Redis goes away, Celery closes the connection, whose channel then wants to give unacknowledged messages back over a
connection that is already taken apart. Kombu 5.7 answers with an AttributeError, which no caller expects and which ends
the worker. A connection error is expected and leads to a new connection; the sweeper rings for what was not given back.
"""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from kombu.utils.scheduling import round_robin_cycle
from redis.exceptions import ConnectionError as RedisConnectionError

# Nobody waits for what stands there.
LAST = "rejudge"


class Channel(redis.Channel):
    """A channel that reports a closed connection as such."""

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection.client is None:
            raise RedisConnectionError("The connection was closed before its channel.")
        return super()._connparams(asynchronous=asynchronous)  # type: ignore[no-untyped-call]


class LastInLine(round_robin_cycle):
    """The queues in turn, as Kombu asks them; but LAST is asked when no other holds a message."""

    def consume(self, n: int) -> list[str]:
        """The first n queues to be asked."""
        return sorted(self.items, key=LAST.__eq__)[:n]


class Transport(redis.Transport):
    """Redis, with that channel."""

    Channel = Channel


def install() -> None:
    """Have redis:// and rediss:// addresses use this transport."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
