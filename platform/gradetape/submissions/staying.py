"""A process of the pool that is told to end while it grades finishes first.

A signal to the whole process group, as service managers send it, is meant for the worker: that one lets each grading
finish and ends its pool then. Celery's own processes would drop what they are at.
"""

import os
import signal
from types import FrameType
from typing import Any

from celery.signals import task_postrun, task_prerun


class Asked:
    """How often this process was asked to end during its task, whose it is, and what it does when it is idle."""

    times = 0
    worker = 0
    idle: Any = signal.SIG_DFL


@task_prerun.connect
def stay(**_: Any) -> None:
    """From now on finish first."""
    Asked.times, Asked.worker = 0, os.getppid()
    Asked.idle = signal.signal(signal.SIGTERM, _finish_first)


@task_postrun.connect
def let_go(**_: Any) -> None:
    """Nothing is to be finished."""
    signal.signal(signal.SIGTERM, Asked.idle)


def _finish_first(_number: int, _frame: FrameType | None) -> None:
    """Asked twice, or by nobody's worker any more, end at once: the lease runs out and somebody else grades it."""
    Asked.times += 1
    if Asked.times > 1 or os.getppid() != Asked.worker:
        os._exit(1)
