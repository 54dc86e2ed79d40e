"""Kombu's transport as we use it."""

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from gradetape.celery import app
from gradetape.transport import Transport


def test_celery_reaches_redis_through_our_transport():
    with app.connection_for_read() as connection:
        assert isinstance(connection.transport, Transport)


def test_a_channel_whose_connection_is_gone_says_so_in_a_way_that_celery_expects():
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        channel._disconnect_pools()
        owner, connection.transport.client = connection.transport.client, None
        with pytest.raises(RedisConnectionError):
            channel._get_pool()
        connection.transport.client = owner
        assert RedisConnectionError in connection.connection_errors
