"""Ringing for a worker. The message carries an id; when it gets lost, the sweeper rings again."""

from uuid import UUID

import structlog
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from gradetape import broker
from gradetape.celery import app

log = structlog.get_logger(__name__)

GRADE = "submissions.grade"


def ring(*, submission_id: UUID, queue: str) -> None:
    """Ask for a worker to take this submission."""
    try:
        app.send_task(GRADE, args=[str(submission_id)], queue=queue)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("nobody rung for", submission=str(submission_id), reason=str(error))


def waiting(queue: str) -> int | None:
    """How many messages a queue holds; None when the broker does not answer."""
    try:
        return int(broker.client().llen(queue))
    except RedisError:
        return None
