"""Counting and limiting memory, processes and CPU of one jail: cgroup v2, or v1 where that is what the host has.

See cgroups(7) and the kernel's admin-guide/cgroup-v2 and cgroup-v1/memory. Where neither can be written `open_cgroup`
answers None, and the memory watchdog of `grader.jail.process` stands in.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Protocol

_ROOT = Path("/sys/fs/cgroup")
_V1_CONTROLLERS = ("memory", "pids", "cpuacct")
_V1_FAIRNESS = "cpu"  # in a group of its own a jail with hundreds of busy threads weighs no more than one process
PREFIX = "gradetape-"
_unremoved: list[Path] = []  # groups of this process that were not empty in time; they are tried again with the next


class Cgroup(Protocol):
    """What the supervisor needs of either version."""

    def add(self, pid: int) -> None:
        """Move a process in; its children follow."""

    def limit(self, memory: int) -> None:
        """Set the limit of memory (bytes)."""

    def oom_kills(self) -> int:
        """How many processes the kernel has killed for want of memory."""

    def cpu_seconds(self) -> float:
        """CPU seconds used so far by all that ever ran inside."""

    def close(self) -> None:
        """Remove the group once it is empty."""


class CgroupV2:
    """A group of the unified hierarchy."""

    def __init__(self, parent: Path, name: str, processes: int) -> None:
        self._folder = parent / name
        self._folder.mkdir()
        try:
            (self._folder / "memory.oom.group").write_text("1")
            (self._folder / "pids.max").write_text(str(processes))
            if (self._folder / "memory.swap.max").exists():
                (self._folder / "memory.swap.max").write_text("0")
        except OSError:
            self._folder.rmdir()
            raise

    def add(self, pid: int) -> None:
        (self._folder / "cgroup.procs").write_text(str(pid))

    def limit(self, memory: int) -> None:
        (self._folder / "memory.max").write_text(str(memory))

    def oom_kills(self) -> int:
        return _field(self._folder / "memory.events", "oom_kill")

    def cpu_seconds(self) -> float:
        return _field(self._folder / "cpu.stat", "usage_usec") / 1e6

    def close(self) -> None:
        _remove(self._folder)


class CgroupV1:
    """A group in each of the v1 controllers."""

    def __init__(self, parents: dict[str, Path], name: str, processes: int) -> None:
        self._folders = {controller: parent / name for controller, parent in parents.items()}
        made = []
        try:
            for folder in dict.fromkeys(self._folders.values()):  # cpu and cpuacct are one on many hosts
                folder.mkdir()
                made.append(folder)
            (self._folders["pids"] / "pids.max").write_text(str(processes))
        except OSError:
            for folder in made:
                folder.rmdir()
            raise

    def add(self, pid: int) -> None:
        for folder in dict.fromkeys(self._folders.values()):
            (folder / "cgroup.procs").write_text(str(pid))

    def limit(self, memory: int) -> None:
        (self._folders["memory"] / "memory.limit_in_bytes").write_text(str(memory))
        swap = self._folders["memory"] / "memory.memsw.limit_in_bytes"
        if swap.exists():
            swap.write_text(str(memory))

    def oom_kills(self) -> int:
        return _field(self._folders["memory"] / "memory.oom_control", "oom_kill")

    def cpu_seconds(self) -> float:
        return int((self._folders["cpuacct"] / "cpuacct.usage").read_text()) / 1e9

    def close(self) -> None:
        for folder in self._folders.values():
            _remove(folder)


def open_cgroup(processes: int) -> Cgroup | None:
    """A fresh group for so many processes and threads, or None where this host lets nobody make one."""
    name = f"{PREFIX}{os.getpid()}-{time.monotonic_ns()}"
    own = own_groups()
    _sweep(tuple(dict.fromkeys(own.values())))
    try:
        if all(controller in own for controller in _V1_CONTROLLERS):
            used = (*_V1_CONTROLLERS, *((_V1_FAIRNESS,) if _V1_FAIRNESS in own else ()))
            return CgroupV1({controller: own[controller] for controller in used}, name, processes)
        if "" in own:
            return CgroupV2(own[""], name, processes)
    except OSError:
        return None
    return None


def own_groups() -> dict[str, Path]:
    """The folders of this process's groups by v1 controller; "" is the one of the unified hierarchy.

    GRADETAPE_CGROUP names a delegated v2 folder (memory and pids enabled in its cgroup.subtree_control) to be used
    instead.
    """
    if delegated := os.environ.get("GRADETAPE_CGROUP"):
        return {"": Path(delegated)}
    found: dict[str, Path] = {}
    for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            root = _ROOT / controller if controller else _ROOT
            folder = root / path.lstrip("/")
            if folder.is_dir():
                found[controller] = folder
    return found


def _field(path: Path, name: str) -> int:
    """A counter out of a file of `name value` lines; 0 where the kernel does not have it."""
    for line in path.read_text(encoding="ascii").splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0


def _remove(folder: Path) -> None:
    """Remove an empty group; the kernel needs a moment after the last process has gone, longer on a busy machine."""
    _unremoved.append(folder)
    for attempt in range(300):
        if attempt:
            time.sleep(0.01)
        for path in list(_unremoved):
            if _gone(path):
                with suppress(ValueError):  # another thread was quicker
                    _unremoved.remove(path)
        if folder not in _unremoved:
            return


def _gone(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


@cache
def _sweep(parents: tuple[Path, ...]) -> None:
    """Remove what workers that were killed have left, once in the life of a process."""
    for parent in parents:
        for folder in parent.glob(f"{PREFIX}*-*"):
            pid = folder.name.removeprefix(PREFIX).partition("-")[0]
            if not Path(f"/proc/{pid}").exists():
                _gone(folder)
