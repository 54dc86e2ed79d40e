"""The task queue. A message is a doorbell: it carries an id, in JSON; everything else stands in the database."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import setup_logging
from django.conf import settings
from kombu.entity import Exchange, Queue

from gradetape import transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gradetape.settings")

APP = "gradetape"
MAKE_AHEAD = "submissions.make_ahead"
QUEUES = ("runs", "submissions", "validation", transport.LAST)

# Started by root, the engine gives each jail a host user of its own; and messages are JSON, which runs no code.
warnings.filterwarnings("ignore", message=".*superuser privileges", category=SecurityWarning)

transport.install()
# How messages travel, whatever they ring for.
MESSAGES: dict[str, Any] = {
    "broker_url": settings.REDIS_URL,
    # Redis gives a message to somebody else after this time, so it must be longer than the longest grading.
    "broker_transport_options": {
        "visibility_timeout": 2 * settings.LONGEST_GRADING_SECONDS,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "health_check_interval": 10,
        "queue_order_strategy": "gradetape.transport:LastInLine",
    },
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "accept_content": ["json"],
    "task_serializer": "json",
    "result_serializer": "json",
    "event_serializer": "json",
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_publish_retry": False,
    "task_create_missing_queues": False,
    "worker_prefetch_multiplier": 1,
    "worker_send_task_events": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "timezone": "UTC",
    "enable_utc": True,
}
app = Celery(APP, set_as_current=True)
app.conf.update(
    **MESSAGES,
    task_queues=[Queue(name, Exchange(name), routing_key=name) for name in QUEUES],  # type: ignore[no-untyped-call]
    task_default_queue="validation",
    task_routes={MAKE_AHEAD: {"queue": "validation"}},
    task_time_limit=settings.LONGEST_GRADING_SECONDS,
    # What else a worker consists of: it says that it is there, has the engine's host, and finishes what it grades.
    imports=("gradetape.fleet.presence", "gradetape.submissions.hosting", "gradetape.submissions.staying"),
)
app.autodiscover_tasks(["gradetape.submissions", "gradetape.comparing", "gradetape.authoring", "gradetape.regrading"])


@setup_logging.connect
def keep_django_logging(**_: Any) -> None:
    """Being connected is the point: Celery then leaves the log as the settings made it."""
