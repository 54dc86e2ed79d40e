"""Jails in reserve: for each place one process that has been forked, has entered its jail and waits.

A submission then starts with a message instead of two forks. Nothing is reused: what was taken is replaced by a fresh
one, once the submission is done and nobody waits.

bubblewrap dies with the thread that started it, so one thread, which lives as long as the reserve, starts them all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from grader.exceptions import JudgeError
from grader.jail.process import JailedProcess, Place

log = logging.getLogger(__name__)


class Reserve:
    """At most one waiting process for each place."""

    def __init__(self) -> None:
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="reserve")
        self._waiting: dict[Place, Future[JailedProcess]] = {}

    def take(self, place: Place) -> JailedProcess:
        """The one that waits, or a fresh one. Raises JailError or ZygoteUnavailable."""
        process = self._made(self._waiting.pop(place, None))
        if process and process.alive():
            return process
        if process:
            process.close()
        return self._keeper.submit(JailedProcess, place).result()

    def refill(self, places: Iterable[Place]) -> None:
        """Begin to make one for each of these places that has none. Returns at once."""
        for place in places:
            if place not in self._waiting:
                self._waiting[place] = self._keeper.submit(JailedProcess, place)

    def pids(self) -> set[int]:
        """The host's pids of all that waits."""
        made = [self._made(future) for future in self._waiting.values()]
        return {pid for process in made if process for pid in process.pids()}

    def close(self) -> None:
        """End all that wait."""
        for future in self._waiting.values():
            process = self._made(future)
            if process:
                process.close()
        self._waiting.clear()
        self._keeper.shutdown()

    @staticmethod
    def _made(future: Future[JailedProcess] | None) -> JailedProcess | None:
        """What came of making one. That it could not be made is no reason to fail: `take` tries again."""
        try:
            return future.result() if future else None
        except JudgeError as error:
            log.warning("no jail in reserve: %s", error)
            return None
