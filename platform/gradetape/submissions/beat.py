"""What is done again and again: sweeping, ending sittings whose time is up, forgetting what was kept long enough, and
having wanted answers made ahead.

It runs in a process of its own, so no grading keeps it waiting; two of them at once do no harm.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from gradetape.authoring.proofs.turns import PROOFS
from gradetape.celery import MAKE_AHEAD, app
from gradetape.fleet.presence import note_sweep
from gradetape.interviews.actions.forget import forget_what_is_due
from gradetape.interviews.actions.sit import close_due
from gradetape.regrading.turns import REGRADES
from gradetape.submissions import sweeper
from gradetape.webhooks import outbox

log = structlog.get_logger(__name__)

MAKE_AHEAD_SECONDS = 30
# What was kept long enough goes in small portions, so that it is never long in the way of the others.
FORGET_SECONDS = 60


class Chore(NamedTuple):
    """Something to do every so many seconds."""

    seconds: float
    do: Callable[[], object]


def sweep() -> None:
    """Sweep, and let /healthz know."""
    sweeper.sweep()
    note_sweep()


def ring_for_make_ahead() -> None:
    """Ask a worker to make wanted answers; when none is free for it soon, the next ring will do."""
    app.send_task(MAKE_AHEAD, expires=MAKE_AHEAD_SECONDS)


def chores() -> list[Chore]:
    """All that there is to do."""
    return [
        Chore(settings.SWEEP_SECONDS, sweep),
        Chore(settings.SWEEP_SECONDS, close_due),
        Chore(settings.SWEEP_SECONDS, PROOFS.sweep),
        Chore(settings.SWEEP_SECONDS, REGRADES.sweep),
        Chore(settings.SWEEP_SECONDS, outbox.sweep),
        Chore(FORGET_SECONDS, forget_what_is_due),
        Chore(FORGET_SECONDS, outbox.clear_log),
        Chore(MAKE_AHEAD_SECONDS, ring_for_make_ahead),
    ]


def keep_doing(chores: list[Chore], stop: threading.Event, note: Path | None = None) -> None:
    """Do each in its rhythm until told to stop; `note` is touched as a sign of life."""
    due = dict.fromkeys(chores, 0.0)
    while not stop.is_set():
        for chore in chores:
            if time.monotonic() >= due[chore]:
                _try(chore)
                due[chore] = time.monotonic() + chore.seconds
        if note:
            note.touch()
        stop.wait(max(0.05, min(due.values()) - time.monotonic()))


def _try(chore: Chore) -> None:
    """Do it once. Without the database or Redis there is nothing to be done but to come again."""
    try:
        chore.do()
    except (DatabaseError, RedisError, OperationalError, OSError) as error:
        log.warning("not done this time", chore=chore.do.__name__, reason=str(error))
    finally:
        close_old_connections()
