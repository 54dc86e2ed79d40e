"""The promises that a probe inside a jail can try to break, what counts as kept, and how to mend the host if not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from grader.doctor.findings import Answer
from grader.jail.bubblewrap import WORK
from grader.jail.process import PROCESSES

Judge = Callable[[Answer], tuple[bool, str]]
CHANNELS = [0, 1, 2, 3]
ENDED = "ended"
MEND_JAIL = (
    "Install Debian's bubblewrap; in a container give the worker CAP_SYS_ADMIN, and leave seccomp, AppArmor and the "
    "system paths unconfined."
)
MEND_SECCOMP = "Install Debian's libseccomp2; the kernel needs CONFIG_SECCOMP_FILTER."
MEND_LIMITS = (
    "Let the worker write its cgroup (delegate one to it, see docs/deploying.md), or give the host more memory."
)
MEND_FOLDERS = "Install Debian's bubblewrap 0.8 or later: this one ignores --size."
MEND_RLIMITS = "Start the worker with hard limits (ulimit -H) of at least 256 open files and 16 MiB of stack."


def all_refused(answer: Answer) -> tuple[bool, str]:
    """Every attempt failed, and failed at the door."""
    if ENDED in answer:
        return False, str(answer[ENDED])
    open_ones = [f"{name} ({said})" for name, said in answer.items() if not str(said).startswith("refused")]
    return not open_ones, f"all {len(answer)} refused" if not open_ones else f"allowed: {', '.join(open_ones)}"


def is_alone(answer: Answer) -> tuple[bool, str]:
    """Its own process and the jail's init, the four descriptors, and the one that lists their folder."""
    if ENDED in answer:
        return False, str(answer[ENDED])
    processes, descriptors = _items(answer, "processes"), _items(answer, "descriptors")
    strangers = set(processes) - {1, answer["pid"]}
    held = not strangers and len(set(descriptors) - set(CHANNELS)) <= 1
    return held, f"{len(processes)} processes, descriptors {descriptors}"


def sees_little(answer: Answer) -> tuple[bool, str]:
    """No file outside of the system's, Python's and the jail's own folders."""
    if ENDED in answer:
        return False, str(answer[ENDED])
    allowed = (f"{WORK}/", "/etc/ld.so.cache", "/tmp/", f"{sys.prefix}/", f"{sys.base_prefix}/")  # noqa: S108 - inside the jail
    files = _items(answer, "files")
    foreign = [name for name in files if not str(name).startswith(allowed)]
    return not foreign, f"{len(files)} files of its own" if not foreign else f"sees {foreign[:3]}"


def stays_itself(answer: Answer) -> tuple[bool, str]:
    """Neither asking nor a setuid program made it somebody else."""
    if ENDED in answer:
        return False, str(answer[ENDED])
    itself = str(answer["setuid"]).startswith("refused") and 0 not in _items(answer, "uids")
    return itself, f"setuid {answer['setuid']}, uids {answer['uids']}"


def bomb_held(answer: Answer) -> tuple[bool, str]:
    """The kernel, or the limit of memory, ended it."""
    if ENDED in answer:
        return True, str(answer[ENDED])
    made = answer["made"]
    held = isinstance(made, int) and made <= PROCESSES and bool(answer["error"])
    return held, f"{made} processes, then {answer['error'] or 'no end'}"


def few_descriptors(answer: Answer) -> tuple[bool, str]:
    """At most 256."""
    if ENDED in answer:
        return False, str(answer[ENDED])
    made = answer["made"]
    return isinstance(made, int) and made <= 256, f"{made} open files, then {answer['error'] or 'no end'}"


def _items(answer: Answer, name: str) -> list[Any]:
    value = answer.get(name)
    return value if isinstance(value, list) else []


PROMISES: tuple[tuple[str, str, Judge, str], ...] = (
    ("no network of any family", "network", all_refused, MEND_SECCOMP),
    ("no mounts, tracing, namespaces, keys, bpf, perf, io_uring", "system_calls", all_refused, MEND_SECCOMP),
    ("no system calls of another architecture", "other_architectures", all_refused, MEND_SECCOMP),
    ("the system is read-only", "read_only", all_refused, MEND_JAIL),
    ("temporary folders are bounded", "bounded_folders", all_refused, MEND_FOLDERS),
    ("alone: no other processes, no inherited descriptors", "alone", is_alone, MEND_JAIL),
    ("what keeps the jail is out of reach", "init", all_refused, MEND_JAIL),
    ("the host's files are out of sight", "files", sees_little, MEND_JAIL),
    ("no signals to others", "signals", all_refused, MEND_JAIL),
    ("it stays who it is", "setuid", stays_itself, MEND_JAIL),
    ("limits can't be raised, and no core is dumped", "limits", all_refused, MEND_RLIMITS),
    ("few descriptors", "descriptors", few_descriptors, MEND_RLIMITS),
    ("a fork bomb ends at the limit", "fork_bomb", bomb_held, MEND_LIMITS),
)
