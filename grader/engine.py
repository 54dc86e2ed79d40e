"""The engine of one slot: it grades what it is given, and keeps jails in reserve between submissions."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from grader.events import Event
from grader.grading import Grading
from grader.jail.identity import Identity, identities
from grader.jail.process import Place
from grader.jail.reserve import Reserve
from grader.model import GradeRequest, GradeResult
from grader.package import Package
from grader.stages.reference import Places, ReferenceRun, WantedStore
from grader.zygote.request import Role

log = logging.getLogger(__name__)
_PROCESSES: dict[str, Role] = {"solve": "probes", "reference": "probes", "replay": "replays", "check": "checks"}


class Engine:
    """Grades on one slot of a host whose zygotes run (see `grader.host`). One submission at a time."""

    def __init__(self, run_dir: Path, cache_dir: Path, slot: int = 0) -> None:
        """Raises JailError when this user can't make the slot's namespaces."""
        self._run_dir = run_dir
        self._store = WantedStore(cache_dir)
        self._identities: dict[str, Identity] = identities(slot)
        self.reserve = Reserve()

    def close(self) -> None:
        """End what waits in reserve, and let go of the slot's namespaces."""
        self.reserve.close()
        for identity in self._identities.values():
            identity.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trail: TracebackType | None
    ) -> None:
        self.close()

    def grade(self, request: GradeRequest, emit: Callable[[Event], None] = lambda event: None) -> GradeResult:
        """Grade one file.

        Faults of the platform become the verdict judge_error; only Cancelled and what `emit` raises pass through.
        """
        try:
            return Grading(self, request, emit).run()
        finally:
            self.warm(request.package.runtime)

    def warm(self, runtime: str) -> None:
        """Begin to have jails waiting for the next submission of a runtime. Grading does so by itself at its end."""
        self.reserve.refill([self.place_of("solve", runtime), self.place_of("check", runtime)])

    def prepare(self, package: Package, seed: int) -> float:
        """Make and keep the wanted answers of a seed.

        Returns the CPU seconds it took (0 when they were kept). Raises JudgeError.
        """
        run = self.reference_run(package, seed)
        try:
            run.prepared.result()
            for wanted in run.wanted.values():
                wanted.result()
        finally:
            run.close()
        return run.cpu_s

    def place_of(self, role: str, runtime: str) -> Place:
        """Where a role's process of this slot is started."""
        return Place(self._run_dir, runtime, _PROCESSES[role], self._identities[role])

    def place(self, package: Package, role: str) -> Place:
        """The same for the runtime of a package."""
        return self.place_of(role, package.runtime)

    def reference_run(self, package: Package, seed: int) -> ReferenceRun:
        """The wanted answers of a seed, made now unless they are kept."""
        replay = replace(self.place(package, "reference"), role="replays")
        places = Places(self.place(package, "reference"), replay, self.place(package, "check"))
        return ReferenceRun(places, package, seed, self._store)
