"""Who is there. Each worker says so in Redis every few seconds; who falls silent is gone."""

import threading
import time
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from redis.exceptions import RedisError

from gradetape import broker
from gradetape.celery import APP

log = structlog.get_logger(__name__)

WORKERS = "gradetape:workers"
SWEPT = "gradetape:swept"
EVERY_SECONDS = 5
SILENT_SECONDS = 20


@dataclass(frozen=True)
class Worker:
    """A worker as it last said it was."""

    hostname: str
    slots: int
    runtimes: list[str]
    seen: float

    @property
    def machine(self) -> str:
        """The host's part of a Celery node name."""
        return self.hostname.rpartition("@")[2]


def live_workers() -> list[Worker]:
    """Who was heard of lately. Raises RedisError."""
    known = broker.client().hgetall(WORKERS)
    workers = [msgspec.json.decode(value, type=Worker) for value in known.values()]
    return [worker for worker in workers if time.time() - worker.seen < SILENT_SECONDS]


def report(worker: Worker) -> None:
    """Say that a worker is there, and forget those that have long been silent. Raises RedisError."""
    client = broker.client()
    client.hset(WORKERS, worker.hostname, msgspec.json.encode(worker).decode())
    for hostname, value in client.hgetall(WORKERS).items():
        if time.time() - msgspec.json.decode(value, type=Worker).seen > 100 * SILENT_SECONDS:
            client.hdel(WORKERS, hostname)


def note_sweep() -> None:
    """Remember when the sweeper last ran. Raises RedisError."""
    broker.client().set(SWEPT, str(time.time()))


def seconds_since_sweep() -> float | None:
    """How long ago the sweeper ran; None when it never did. Raises RedisError."""
    swept = broker.client().get(SWEPT)
    return None if swept is None else round(max(0.0, time.time() - float(swept)), 1)


class Reporter(threading.Thread):
    """The worker's voice, in its main process."""

    def __init__(self, hostname: str, slots: int) -> None:
        super().__init__(name="presence", daemon=True)
        self.hostname = hostname
        self.slots = slots
        self.over = threading.Event()

    def run(self) -> None:
        """Report until told to stop, whatever Redis does."""
        while not self.over.is_set():
            try:
                report(Worker(self.hostname, self.slots, settings.WORKER_RUNTIMES, time.time()))
            except RedisError as error:
                log.warning("presence not reported", reason=str(error))
            self.over.wait(EVERY_SECONDS)


class Voice:
    """The running reporter of this process, if it is a worker's main one."""

    reporter: Reporter | None = None


@worker_ready.connect
def start_reporting(sender: Any, **_: Any) -> None:
    """From now on this worker takes submissions; a courier, whose app is another one, takes none."""
    if sender.app.main != APP:
        return
    Voice.reporter = Reporter(sender.hostname, sender.controller.concurrency)
    Voice.reporter.start()


@worker_shutting_down.connect
def stop_reporting(**_: Any) -> None:
    """It finishes what it has and takes nothing new."""
    if Voice.reporter is not None:
        Voice.reporter.over.set()
