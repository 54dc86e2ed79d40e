"""The engine in each process of a worker's pool."""

import time
from collections.abc import Callable
from typing import Any, Protocol

import structlog
from billiard.process import current_process  # type: ignore[import-untyped]
from celery.signals import worker_process_init, worker_process_shutdown
from django.conf import settings
from django.utils.module_loading import import_string

from grader.events import Event
from grader.model import GradeRequest, GradeResult
from grader.package import Package

log = structlog.get_logger(__name__)

LONGEST_WAIT_SECONDS = 120
LOOK_EVERY_SECONDS = 0.2


class Engine(Protocol):
    """What grades one request after the other."""

    def grade(self, request: GradeRequest, emit: Callable[[Event], None]) -> GradeResult:
        """Grade it, telling `emit` what happens. Raises Cancelled, and other GraderErrors for our own faults."""

    def prepare(self, package: Package, seed: int) -> float:
        """Make and keep the wanted answers of a seed; the CPU seconds that took, 0 when they were kept already."""

    def warm(self, runtime: str) -> None:
        """Begin to have jails waiting for the next submission. Returns at once."""

    def close(self) -> None:
        """Let go of everything it holds."""


class Holder:
    """What this process holds of the engine. Celery's signals make it, so no call can hand it on."""

    engine: Engine | None = None


def current() -> Engine:
    """This process's engine, made when it is first asked for."""
    if Holder.engine is None:
        # Numbered by place in the pool: a process that takes a dead one's place takes its slot as well.
        slot = getattr(current_process(), "index", 0)
        make = import_string(settings.ENGINE)
        Holder.engine = make(run_dir=settings.ENGINE_RUN_DIR, cache_dir=settings.ENGINE_CACHE_DIR, slot=slot)
    return Holder.engine


def await_host(give_up: Callable[[], bool]) -> None:
    """Return when the host takes requests: at once, unless what answers them has died and is being replaced.

    Without this a slot would spend every attempt of every submission while a new host imports TensorFlow.
    """
    answers = import_string(settings.ENGINE_HOST).answers
    end = time.monotonic() + LONGEST_WAIT_SECONDS
    while not all(answers(settings.ENGINE_RUN_DIR, runtime) for runtime in settings.WORKER_RUNTIMES):
        if time.monotonic() > end or give_up():
            log.error("the engine's host does not answer")
            return
        time.sleep(LOOK_EVERY_SECONDS)


@worker_process_init.connect
def start_engine(**_: Any) -> None:
    """Have the engine ready, and its jails made, before the first submission comes."""
    engine = current()
    for runtime in settings.WORKER_RUNTIMES:
        engine.warm(runtime)


@worker_process_shutdown.connect
def close_engine(**_: Any) -> None:
    """Let the slot go with its process."""
    if Holder.engine is not None:
        Holder.engine.close()
        Holder.engine = None
