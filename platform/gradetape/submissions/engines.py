"""The engine in a worker: one host for the machine, one engine for each process of the pool."""

from collections.abc import Callable
from typing import Any, Protocol

import structlog
from billiard.process import current_process  # type: ignore[import-untyped]
from celery.signals import worker_init, worker_process_init, worker_process_shutdown, worker_shutdown
from django.conf import settings
from django.utils.module_loading import import_string

from grader.events import Event
from grader.model import GradeRequest, GradeResult
from grader.package import Package

log = structlog.get_logger(__name__)


class Engine(Protocol):
    """What grades one request after the other."""

    def grade(self, request: GradeRequest, emit: Callable[[Event], None]) -> GradeResult:
        """Grade it, telling `emit` what happens. Raises Cancelled, and other GraderErrors for our own faults."""

    def prepare(self, package: Package, seed: int) -> float:
        """Make and keep the wanted answers of a seed; the CPU seconds that took, 0 when they were kept already."""

    def close(self) -> None:
        """Let go of everything it holds."""


class Holder:
    """What this process holds of the engine. Celery's signals make it, so no call can hand it on."""

    host: Any = None
    engine: Engine | None = None


def current() -> Engine:
    """This process's engine, made when it is first asked for."""
    if Holder.engine is None:
        # Numbered by place in the pool: a process that takes a dead one's place takes its slot as well.
        slot = getattr(current_process(), "index", 0)
        make = import_string(settings.ENGINE)
        Holder.engine = make(run_dir=settings.ENGINE_RUN_DIR, cache_dir=settings.ENGINE_CACHE_DIR, slot=slot)
    return Holder.engine


@worker_init.connect
def start_host(**_: Any) -> None:
    """Start what all slots of this machine share, before the pool is there."""
    settings.ENGINE_RUN_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.ENGINE_CACHE_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    make = import_string(settings.ENGINE_HOST)
    Holder.host = make(run_dir=settings.ENGINE_RUN_DIR, cache_dir=settings.ENGINE_CACHE_DIR)
    Holder.host.start()


@worker_process_init.connect
def start_engine(**_: Any) -> None:
    """Have the engine ready before the first submission comes."""
    current()


@worker_process_shutdown.connect
def close_engine(**_: Any) -> None:
    """Let the slot go with its process."""
    if Holder.engine is not None:
        Holder.engine.close()
        Holder.engine = None


@worker_shutdown.connect
def stop_host(**_: Any) -> None:
    """Stop what start_host started."""
    if Holder.host is not None:
        Holder.host.stop()
        Holder.host = None
