"""Counting memory and CPU of processes where no cgroup can be written.

The memory watchdog adds up the anonymous memory of every process in the jail and what lies in its temporary folders,
and compares it with what there was at the start, since a fork of the zygote is born with the pages of TensorFlow.
Memory that belongs to neither is refused by the seccomp filter (see `grader.jail.seccomp.load`).
"""

from __future__ import annotations

import os
from pathlib import Path

_FIELDS = ("RssAnon:", "VmSwap:")
_INODE_BYTES = 1024  # what the kernel keeps for each file of a tmpfs, about


class MemoryWatch:
    """Watches the descendants of `roots` (the usher, and the jail's init, which inherits orphans), and `folders`."""

    def __init__(self, roots: tuple[int, ...], folders: tuple[Path, ...], limit: int) -> None:
        """`folders` are file systems in memory; `limit` is in bytes."""
        self._roots, self._folders, self._limit = roots, folders, limit
        self._start: int | None = None

    def exceeded(self) -> bool:
        """Whether the jail has grown by more than the limit (bytes)."""
        pids = descendants(self._roots)
        used = sum(_resident(pid) for pid in pids) + sum(_stored(folder) for folder in self._folders)
        if self._start is None and pids:
            self._start = used
        return used - (self._start or 0) > self._limit


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


def _resident(pid: int) -> int:
    """Bytes of anonymous memory."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(_FIELDS))


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
