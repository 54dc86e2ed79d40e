"""Jails in reserve: for each place one process that has been forked, has entered its jail and waits.

A submission then starts with a message instead of two forks. Nothing is reused: what was taken is replaced by a fresh
one, once the submission is done and nobody waits.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from grader.exceptions import JudgeError
from grader.jail.process import JailedProcess, Place

log = logging.getLogger(__name__)


class Reserve:
    """At most one waiting process for each place."""

    def __init__(self) -> None:
        self._waiting: dict[Place, JailedProcess] = {}

    def take(self, place: Place) -> JailedProcess:
        """The one that waits, or a fresh one. Raises JailError or ZygoteUnavailable."""
        process = self._waiting.pop(place, None)
        if process and process.alive():
            return process
        if process:
            process.close()
        return JailedProcess(place)

    def refill(self, places: Iterable[Place]) -> None:
        """Have one waiting for each of these places.

        That it can't be done now is no reason to fail: `take` tries again.
        """
        for place in places:
            if place not in self._waiting:
                try:
                    self._waiting[place] = JailedProcess(place)
                except JudgeError as error:
                    log.warning("no jail in reserve: %s", error)

    def pids(self) -> set[int]:
        """The host's pids of all that waits."""
        return {pid for process in self._waiting.values() for pid in process.pids()}

    def close(self) -> None:
        """End all that wait."""
        for process in self._waiting.values():
            process.close()
        self._waiting.clear()
