"""Counting memory and CPU of processes where no cgroup can be written.

The memory watchdog adds up the anonymous memory of every process in the jail and what lies in its temporary folders,
and compares it with what there was at the start, since a fork of the zygote is born with the pages of TensorFlow.
Memory that belongs to neither is refused by the seccomp filter (see `grader.jail.seccomp.load`).
"""

from __future__ import annotations

import os
import time
from pathlib import Path

_RESIDENT = ("RssAnon:", "VmSwap:")
_SHARED_OUT = ("Pss_Anon:", "SwapPss:")
PERIOD = 0.1
_FEW = 32  # processes that are looked at page by page; who forks more often pays for shared pages each time
_INODE_BYTES = 1024  # what the kernel keeps for each file of a tmpfs, about


class MemoryWatch:
    """Watches the descendants of `roots` (the usher, and the jail's init, which inherits orphans), and `folders`."""

    def __init__(self, roots: tuple[int, ...], folders: tuple[Path, ...], limit: int) -> None:
        """`folders` are file systems in memory; `limit` is in bytes."""
        self._roots, self._folders, self._limit = roots, folders, limit
        self._start: int | None = None
        self._start_exact = 0
        self._due = 0.0

    def exceeded(self) -> bool:
        """Whether the jail has grown by more than the limit (bytes). Looks at most once in PERIOD seconds."""
        if time.monotonic() < self._due:
            return False
        self._due = time.monotonic() + PERIOD
        pids = descendants(self._roots)
        if not pids:
            return False
        stored = sum(_stored(folder) for folder in self._folders)
        resident = sum(_field_sum(pid, "status", _RESIDENT) for pid in pids)
        if self._start is None:
            self._start, self._start_exact = resident + stored, _exact(pids) + stored
        if resident + stored - self._start <= self._limit:
            return False
        return len(pids) > _FEW or _exact(pids) + stored - self._start_exact > self._limit


def descendants(roots: tuple[int, ...]) -> set[int]:
    """The processes below `roots`, at this moment."""
    todo, found = list(roots), set[int]()
    while todo:
        pid = todo.pop()
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        except OSError:
            continue  # it has ended
        for child in map(int, children):
            if child not in found:
                found.add(child)
                todo.append(child)
    return found


def _exact(pids: set[int]) -> int:
    """Bytes of anonymous memory, pages that several of them share counted once (proc_pid_smaps(5))."""
    return sum(_field_sum(pid, "smaps_rollup", _SHARED_OUT) for pid in pids)


def _field_sum(pid: int, name: str, fields: tuple[str, ...]) -> int:
    """Bytes in some fields of a file of a process, which are in kB; 0 for a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/{name}").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(fields))


def _stored(folder: Path) -> int:
    """Bytes that the file system of a folder takes up, its empty files included."""
    try:
        room = os.statvfs(folder)
    except OSError:
        return 0  # the jail has ended
    return (room.f_blocks - room.f_bfree) * room.f_frsize + (room.f_files - room.f_ffree) * _INODE_BYTES


def cpu_seconds(pid: int) -> float:
    """CPU seconds of a process so far, out of proc_pid_stat(5); 0 for one that has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
