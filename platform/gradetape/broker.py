"""Redis, as this process reaches it. What lies there may be lost at any time: the database is the truth."""

from functools import cache

import redis
import redis.asyncio
from django.conf import settings


@cache
def client() -> "redis.Redis":
    """The process's connection pool. Quick to give up, since nobody should wait for what is only a convenience."""
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, health_check_interval=30, decode_responses=True
    )


def async_client() -> "redis.asyncio.Redis":
    """A connection for an event loop, which has to close it."""
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL, socket_timeout=15, socket_connect_timeout=1, decode_responses=True
    )
