"""Jails in reserve: for each place one process that has been forked, has entered its jail and waits.

A submission then starts with a message instead of two forks. Nothing is reused: what was taken is replaced by a fresh
one, once the submission is done and nobody waits. Jails of a runtime that nobody asks for are given up after a while.

bubblewrap dies with the thread that started it, so one thread, which lives as long as the reserve, starts them all.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from grader.exceptions import JudgeError
from grader.jail.process import JailedProcess, Place

PATIENCE = 16  # refills of other places, two for each submission, that a waiting process lasts through
log = logging.getLogger(__name__)


class Reserve:
    """At most one waiting process for each place."""

    def __init__(self) -> None:
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="reserve")
        self._waiting: dict[Place, Future[JailedProcess]] = {}
        self._passed_over: Counter[Place] = Counter()

    def take(self, place: Place) -> JailedProcess:
        """The one that waits, or a fresh one. Raises JailError or ZygoteUnavailable."""
        process = self._made(self._waiting.pop(place, None))
        if process and process.alive():
            return process
        if process:
            process.close()
        return self._keeper.submit(JailedProcess, place).result()

    def refill(self, places: Iterable[Place]) -> None:
        """Begin to make one for each of these places that has none, and end what others did not need for so long.

        Returns at once.
        """
        wanted = list(places)
        for place in wanted:
            self._passed_over[place] = 0
            if place not in self._waiting:
                self._waiting[place] = self._keeper.submit(JailedProcess, place)
        for place in self._waiting.keys() - set(wanted):
            self._passed_over[place] += 1
            if self._passed_over[place] > PATIENCE:
                self._keeper.submit(self._end, self._waiting.pop(place, None))

    def pids(self) -> set[int]:
        """The host's pids of all that waits."""
        made = [self._made(future) for future in self._waiting.values()]
        return {pid for process in made if process for pid in process.pids()}

    def close(self) -> None:
        """End all that wait."""
        for future in self._waiting.values():
            self._end(future)
        self._waiting.clear()
        self._keeper.shutdown()

    def _end(self, future: Future[JailedProcess] | None) -> None:
        process = self._made(future)
        if process:
            process.close()

    @staticmethod
    def _made(future: Future[JailedProcess] | None) -> JailedProcess | None:
        """What came of making one. That it could not be made is no reason to fail: `take` tries again."""
        try:
            return future.result() if future else None
        except JudgeError as error:
            log.warning("no jail in reserve: %s", error)
            return None
