"""The reference stage: what is wanted, for one version and one seed.

The reference goes through the same probes in a jail of its own, under the same seed. What it gives is kept on disk by
(version, seed), so a submission on a prepared seed waits for nothing; where it is not kept yet, the reference runs
beside the candidate, probe by probe.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from grader.exceptions import JudgeError
from grader.jail.process import Allowance, Place
from grader.package import Package
from grader.protocol import Load, Prepared
from grader.stages.check import CheckStage
from grader.stages.replay import ReplayStage
from grader.stages.solve import Listener, LoadFailed, SolveStage

_FORMAT = 2
_SLACK = 4.0  # the reference may share the machine with everything else: its own limits are generous


class Wanted(msgspec.Struct, frozen=True):
    """What the reference gave for one probe:

    its observations, which forbidden functions it ran (none, normally), and what the replay half returned, if any.
    """

    body: bytes
    ran: list[str]
    replayed: bytes | None = None


class Kept(msgspec.Struct, frozen=True):
    """Everything about one (version, seed): prepared data and the wanted observations of all probes."""

    prepared: Prepared
    probes: dict[str, Wanted]


class WantedStore:
    """Kept answers on disk, one file each. The folder belongs to this user alone and is never mounted into a jail."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def path(self, package: Package, seed: int) -> Path:
        """The file of one (version, seed)."""
        key = hashlib.sha256(f"{_FORMAT}:{package.digest}:{package.runtime}:{seed}".encode()).hexdigest()
        return self._folder / f"{key}.msgpack"

    def get(self, package: Package, seed: int) -> Kept | None:
        """What is kept, or None. A damaged file counts as none."""
        try:
            return msgspec.msgpack.decode(self.path(package, seed).read_bytes(), type=Kept)
        except (FileNotFoundError, msgspec.MsgspecError):
            return None

    def put(self, package: Package, seed: int, kept: Kept) -> None:
        """Keep it; a reader sees the old file or the whole new one."""
        descriptor, name = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.msgpack.encode(kept))
        Path(name).replace(self.path(package, seed))


@dataclass(frozen=True)
class Places:
    """Where the three kinds of process that the reference stage needs are started."""

    reference: Place
    replay: Place
    check: Place


def load_message(package: Package, source: bytes, prepared: bytes, seed: int) -> Load:
    """What a runner gets before it can run probes on `source`."""
    return Load(
        solution=source,
        probes=package.files["probes.py"],
        contract=[(entry.name, entry.kind, entry.signature) for entry in package.contract],
        forbidden=package.manifest.forbidden.calls,
        public=package.folder("data/public/"),
        prepared=prepared,
        seed=seed,
    )


class ReferenceRun:
    """The wanted answers of one (version, seed) as futures: at once when they are kept, else as a thread makes them."""

    def __init__(self, places: Places, package: Package, seed: int, store: WantedStore) -> None:
        self._places, self._package, self._seed, self._store = places, package, seed, store
        self._names = list(dict.fromkeys(case.probe_name for case in package.cases))
        self.prepared: Future[Prepared] = Future()
        self.wanted: dict[str, Future[Wanted]] = {name: Future() for name in self._names}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.cpu_s = 0.0
        kept = store.get(package, seed)
        if kept:
            self._fill(kept)
        else:
            self._thread = threading.Thread(target=self._run, name="reference")
            self._thread.start()

    def _fill(self, kept: Kept) -> None:
        self.prepared.set_result(kept.prepared)
        for name, wanted in kept.probes.items():
            self.wanted[name].set_result(wanted)

    def _run(self) -> None:
        """In the thread: prepare, run every probe, keep the whole."""
        try:
            kept = self._make()
            self._store.put(self._package, self._seed, kept)
        except Exception as error:  # noqa: BLE001 - handed on to whoever waits, as a fault of the platform
            fault = (
                error
                if isinstance(error, JudgeError)
                else JudgeError(f"the reference of {self._package.slug} failed: {error}")
            )
            futures: list[Future[Any]] = [self.prepared, *self.wanted.values()]
            for future in futures:
                if not future.done():
                    future.set_exception(fault)

    def _make(self) -> Kept:
        prepared = self._prepare()
        self.prepared.set_result(prepared)
        limits = self._package.limits
        load = load_message(self._package, self._package.files["reference.py"], prepared.solve, self._seed)
        replays = ReplayStage(self._places.replay, self._package, self._seed, self._stop.is_set)
        allowance = Allowance(limits.cpu_seconds * _SLACK, limits.memory_mb)
        stage = SolveStage(
            self._places.reference, allowance, load, limits.case_seconds * _SLACK, Listener(cancelled=self._stop.is_set)
        )
        found: dict[str, Wanted] = {}
        try:
            for case in self._package.cases:
                if case.probe_name in found:
                    continue
                seconds = (case.seconds or limits.case_seconds) * _SLACK
                seen = stage.observe(case.probe_name, fresh=case.fresh, seconds=seconds)
                if case.replay and seen.outcome is None:
                    seen = replays.observe(case.probe_name, seen, prepared, seconds=seconds)
                if seen.outcome is not None:
                    said = f"{seen.trouble.kind}: {seen.trouble.text}\n{seen.trouble.trail}" if seen.trouble else ""
                    raise JudgeError(
                        f"the reference of {self._package.slug} ended with {seen.outcome} in {case.id}. {said}"
                    )
                found[case.probe_name] = Wanted(seen.body, list(seen.ran), seen.replayed)
                self.wanted[case.probe_name].set_result(found[case.probe_name])
        except LoadFailed as failed:
            raise JudgeError(f"the reference of {self._package.slug} can't be imported: {failed}") from failed
        finally:
            stage.close()
            self.cpu_s = stage.cpu_s + replays.cpu_s
        return Kept(prepared, found)

    def _prepare(self) -> Prepared:
        if b"prepare" not in self._package.files.get("checks.py", b""):
            return Prepared()
        stage = CheckStage(self._places.check, self._package)
        try:
            return stage.prepare(self._seed)
        finally:
            stage.close()

    def close(self, *, finish: bool = True) -> None:
        """Wait for the thread; with `finish=False` stop it where it is, and nothing is kept."""
        if not finish:
            self._stop.set()
        if self._thread:
            self._thread.join()
