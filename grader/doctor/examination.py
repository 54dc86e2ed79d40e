"""The promises of the jail, proved on this host one after the other.

A promise is proved by what a hostile probe could not do, or by what the kernel says of the jailed process from outside.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from grader.doctor.findings import Answer, tree
from grader.doctor.promises import ENDED, MEND_JAIL, MEND_LIMITS, MEND_SECCOMP, PROMISES
from grader.engine import Engine
from grader.exceptions import JudgeError
from grader.jail.cgroups import PREFIX, open_cgroup, own_groups
from grader.jail.process import PROCESSES, Allowance, Cause, Place
from grader.protocol import Load
from grader.stages.solve import Listener, LoadFailed, Observation, SolveStage

ALLOWANCE = Allowance(cpu_seconds=20, memory_mb=1024)
PROBE_SECONDS = 20.0
GONE_SECONDS = 5.0
_CAPABILITIES = ("CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb")
_NAMESPACES = ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup")
_LIMITS = (
    ("time is limited, and told apart", "time", 2.0, (Cause.TIME,)),
    ("memory is limited, and told apart", "memory", 30.0, (Cause.MEMORY,)),
    ("memory that no process has is limited too", "hidden_memory", 30.0, (Cause.MEMORY, None)),
    ("output is limited, and told apart", "output", 15.0, (Cause.OUTPUT,)),
    ("a crash is told apart", "crash", 15.0, (Cause.CRASH,)),
)


@dataclass(frozen=True)
class Finding:
    """One promise: whether it holds, what was seen, and how to mend it."""

    promise: str
    holds: bool
    seen: str
    mend: str = ""


class Examination:
    """Tries every promise on one slot of an engine."""

    def __init__(self, engine: Engine, runtime: str = "keras3") -> None:
        self._place: Place = engine.place_of("solve", runtime)

    def findings(self) -> Iterator[Finding]:
        """One finding after the other, as they are made. A jail that can't be made at all is a finding too."""
        try:
            yield from self._from_outside()
            for promise, probe, judge, mend in PROMISES:
                holds, seen = judge(self._ask(probe))
                yield Finding(promise, holds, seen, "" if holds else mend)
            yield from self._limits()
        except (JudgeError, LoadFailed) as error:
            yield Finding("a jail can be made", holds=False, seen=str(error), mend=MEND_JAIL)
        yield _counting()

    def _stage(self) -> SolveStage:
        source = Path(__file__).with_name("hostile.py").read_bytes()
        load = Load(solution=b"", probes=source, contract=[], forbidden=[], public={}, prepared=b"", seed=1)
        return SolveStage(self._place, ALLOWANCE, load, PROBE_SECONDS, Listener())

    def _observe(self, probe: str, seconds: float) -> Observation:
        stage = self._stage()
        try:
            return stage.observe(probe, fresh=False, seconds=seconds)
        finally:
            stage.close()

    def _ask(self, probe: str) -> Answer:
        seen = self._observe(probe, PROBE_SECONDS)
        if seen.outcome is not None:
            return {ENDED: f"{seen.outcome}: {seen.trouble.text if seen.trouble else ''}"}
        return tree(seen.body)

    def _from_outside(self) -> Iterator[Finding]:
        """What the kernel says of an idle jailed process, and whether it is gone when its jail is closed."""
        stage = self._stage()
        try:
            stage.open()
            pids = stage.pids()
            status, shared = _status(pids[-1]), _shared_namespaces(pids[-1])
        finally:
            stage.close()
        yield from _idle(status)
        seen = "shares none with the worker" if not shared else f"shares {', '.join(shared)}"
        yield Finding("namespaces of its own, each of the seven", not shared, seen, MEND_JAIL)
        left = _left(pids)
        seen = "no process is left" if not left else f"processes {left}"
        yield Finding("nothing is left of a jail", not left, seen, MEND_JAIL)

    def _limits(self) -> Iterator[Finding]:
        """Limits that are told apart; each jail is a new one, so what ended the one before harms none of them."""
        for promise, probe, seconds, causes in _LIMITS:
            seen = self._observe(probe, seconds)
            text = seen.trouble.text if seen.trouble else "refused" if None in causes else "it went on"
            yield Finding(promise, seen.cause in causes, text, MEND_LIMITS)


def _idle(status: dict[str, str]) -> Iterator[Finding]:
    uids, capabilities = set(status["Uid"].split()), {status[name] for name in _CAPABILITIES}
    seen = f"host uid {', '.join(sorted(uids))}"
    yield Finding("nobody on the host: its uid is not root's", "0" not in uids, seen, MEND_JAIL)
    none = all(int(value, 16) == 0 for value in capabilities)
    seen = "all sets empty" if none else str(capabilities)
    yield Finding("no capabilities, none to be had", none, seen, MEND_JAIL)
    filtered = status["Seccomp"] == "2" and status["NoNewPrivs"] == "1"
    seen = f"Seccomp {status['Seccomp']}, NoNewPrivs {status['NoNewPrivs']}"
    yield Finding("a seccomp filter, and no new privileges", filtered, seen, MEND_SECCOMP)
    threads = status["Threads"]
    mend = "Report this: the zygote ran an op."
    yield Finding("one thread when it is born", threads == "1", f"{threads} thread(s)", mend)


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _shared_namespaces(pid: int) -> list[str]:
    """Which namespaces of namespaces(7) a process has in common with this one."""
    own, theirs = Path("/proc/self/ns"), Path(f"/proc/{pid}/ns")
    return [name for name in _NAMESPACES if (own / name).readlink() == (theirs / name).readlink()]


def _left(pids: tuple[int, ...]) -> list[int]:
    """Which of them are still there after a moment, zombies that nobody has fetched yet aside."""
    deadline = time.monotonic() + GONE_SECONDS
    while (left := [pid for pid in pids if _lives(pid)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _lives(pid: int) -> bool:
    with suppress(OSError):
        os.kill(pid, 0)
        return not _status(pid)["State"].startswith("Z")
    return False


def _counting() -> Finding:
    """How memory is counted; both ways hold, one is exact."""
    group = open_cgroup(PROCESSES)
    if group is None:
        return Finding("memory is counted", holds=True, seen="by the watchdog: no cgroup can be written here")
    group.close()
    version = "v1" if "memory" in own_groups() else "v2"
    return Finding("memory is counted", holds=True, seen=f"by the kernel, cgroup {version} ({PREFIX}*)")
