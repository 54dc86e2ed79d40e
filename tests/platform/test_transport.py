"""Kombu's transport as we use it."""

import pytest
from kombu import Consumer, Message
from redis.exceptions import ConnectionError as RedisConnectionError

from gradetape.celery import QUEUES, app
from gradetape.transport import LAST, Transport


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


def test_what_nobody_waits_for_is_taken_when_no_other_queue_holds_anything():
    taken: list[str] = []

    def take(_: object, message: Message) -> None:
        taken.append(message.delivery_info["routing_key"])
        message.ack()

    for queue in (LAST, *QUEUES, *QUEUES):
        app.send_task("nobody.does", queue=queue)
    with app.connection_for_read() as connection:
        queues = [app.amqp.queues[name] for name in (LAST, *QUEUES)]
        with Consumer(connection, queues=queues, callbacks=[take], prefetch_count=1):
            for _ in range(2 * len(QUEUES) + 1):
                connection.drain_events(timeout=10)
    others = [name for name in QUEUES if name != LAST]
    # The others in turn, and then what is left.
    assert taken == [*others, *others, LAST, LAST, LAST]
