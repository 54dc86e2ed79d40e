"""The right to work on something, kept by a thread beside the work."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from redis.exceptions import RedisError

from gradetape import broker

log = structlog.get_logger(__name__)

FLAG_EVERY_SECONDS = 0.4


class Lease:
    """Keeps what a worker has claimed alive while the engine works, and knows when to stop.

    `prolong` says False when the claim is lost; `flag` is the key in Redis that somebody sets to have it stopped.
    """

    def __init__(self, prolong: Callable[[], bool], flag: str) -> None:
        self._prolong, self._flag = prolong, flag
        self._lost = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._next_look = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def cancelled(self) -> bool:
        """Whether to stop: the lease is lost, or somebody has changed their mind."""
        now = time.monotonic()
        if now >= self._next_look and not self._lost.is_set():
            self._next_look = now + FLAG_EVERY_SECONDS
            try:
                if broker.client().exists(self._flag):
                    self._lost.set()
            except RedisError:
                # The heartbeat finds out as well, a little later.
                self._next_look = now + settings.HEARTBEAT_SECONDS
        return self._lost.is_set()

    def _keep(self) -> None:
        try:
            while not self._over.wait(settings.HEARTBEAT_SECONDS):
                try:
                    if not self._prolong():
                        self._lost.set()
                        return
                except (OperationalError, InterfaceError) as error:
                    log.warning("heartbeat missed", reason=str(error))
                    connection.close()
        finally:
            connection.close()
