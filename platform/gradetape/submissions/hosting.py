"""The engine's host in a worker's main process: started and examined before the worker takes anything."""

from collections.abc import Iterable
from typing import Any, NoReturn, Protocol

import structlog
from celery.signals import worker_init, worker_shutdown
from django.conf import settings
from django.utils.module_loading import import_string

from grader.exceptions import JudgeError

log = structlog.get_logger(__name__)

# sysexits.h: what is wrong is the machine's configuration, so starting again does not help.
EX_CONFIG = 78


class Host(Protocol):
    """What all slots of a machine share."""

    def start(self) -> None:
        """Start it and wait until it takes requests. Raises JudgeError."""

    def stop(self) -> None:
        """End it."""


class Finding(Protocol):
    """What the doctor says of one promise."""

    promise: str
    holds: bool
    seen: str
    mend: str


class Holder:
    """The host of this process. Celery's signals make it, so no call can hand it on."""

    host: Host | None = None


@worker_init.connect
def start_host(**_: Any) -> None:
    """Start the host, before the pool is there. A machine that breaks a promise of the jail gets no work at all."""
    run_dir, cache_dir = settings.ENGINE_RUN_DIR, settings.ENGINE_CACHE_DIR
    for folder in (run_dir, cache_dir):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    make = import_string(settings.ENGINE_HOST)
    Holder.host = make(run_dir=run_dir, cache_dir=cache_dir, runtimes=tuple(settings.WORKER_RUNTIMES))
    try:
        Holder.host.start()
        # The jail is the same whatever runtime lives in it, so one is examined.
        broken = _broken(settings.WORKER_RUNTIMES[0])
    except JudgeError as error:
        log.error("the engine does not start", reason=str(error))
        _refuse()
    for finding in broken:
        log.error("broken promise", promise=finding.promise, seen=finding.seen, mend=finding.mend)
    if broken:
        log.error("this machine must not grade: see each mend above", broken=len(broken))
        _refuse()


def _broken(runtime: str) -> list[Finding]:
    """The promises that do not hold here. On a busy machine a probe may fail by itself: it gets a second chance."""
    found = _examine(runtime)
    if found:
        again = {finding.promise for finding in _examine(runtime)}
        found = [finding for finding in found if finding.promise in again]
    return found


def _examine(runtime: str) -> list[Finding]:
    # The first slot's own identity: what is proved is what will be used.
    engine = import_string(settings.ENGINE)(
        run_dir=settings.ENGINE_RUN_DIR, cache_dir=settings.ENGINE_CACHE_DIR, slot=0
    )
    try:
        findings: Iterable[Finding] = import_string(settings.DOCTOR)(engine, runtime).findings()
        return [finding for finding in findings if not finding.holds]
    finally:
        engine.close()


def _refuse() -> NoReturn:
    """End this worker. Celery swallows an Exception of a signal's receiver, but not this."""
    stop_host()
    raise SystemExit(EX_CONFIG)


@worker_shutdown.connect
def stop_host(**_: Any) -> None:
    """Stop what start_host started, after the pool has finished."""
    if Holder.host is not None:
        Holder.host.stop()
        Holder.host = None
