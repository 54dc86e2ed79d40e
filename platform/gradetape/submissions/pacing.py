"""When viewers learn of hidden cases: in ticks, whoever takes how long.

Inside a hidden case candidate code sees inputs that must not get out. What it prints there is dropped; by waiting it
could still say something to whoever watches the events come, so their moments are made coarse where they are told.
"""

import threading
from collections.abc import Collection
from types import TracebackType
from typing import Any, Self

from django.db import connection

from gradetape.submissions.teller import Teller

TICK_SECONDS = 0.5


class PacedTeller:
    """Tells at once what is about loading and about samples, and what is about `hidden` cases at the next tick.

    The order stays. What is still held when the engine is done goes out with the verdict.
    """

    def __init__(self, teller: Teller, hidden: Collection[str]) -> None:
        self._teller, self._hidden = teller, frozenset(hidden)
        self._held = False
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tick, name="pace", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, type: str, data: dict[str, Any]) -> None:  # noqa: A002  # the wire's own word
        """Keep an event, and send it now or with the next tick."""
        with self._lock:
            if data.get("case") in self._hidden:
                self._held |= self._teller.keep(type, data)
            else:
                self._teller.tell(type, data)

    def _tick(self) -> None:
        try:
            while not self._over.wait(TICK_SECONDS):
                with self._lock:
                    if self._held:
                        self._held = False
                        self._teller.send()
        finally:
            # The teller looks into the database when Redis has lost something.
            connection.close()
