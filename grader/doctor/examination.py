"""The promises, and how each is proved on this host.

A promise is proved by what a hostile probe could not do, or by what the kernel says of the jailed process from outside.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.doctor.findings import tree
from grader.engine import Engine
from grader.exceptions import JudgeError
from grader.jail.bubblewrap import WORK
from grader.jail.cgroups import PREFIX, open_cgroup, own_groups
from grader.jail.process import PROCESSES, Allowance, Cause, Place
from grader.protocol import Load
from grader.stages.solve import Listener, LoadFailed, Observation, SolveStage

ALLOWANCE = Allowance(cpu_seconds=20, memory_mb=1024)
LIMIT_SECONDS = {"time": 2.0, "memory": 30.0, "output": 15.0}
_CAPABILITIES = ("CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb")
_CHANNELS = [0, 1, 2, 3]


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
            yield Finding("a jail can be made", holds=False, seen=str(error), mend=_MEND_JAIL)
        yield _counting()

    def _stage(self) -> SolveStage:
        source = Path(__file__).with_name("hostile.py").read_bytes()
        load = Load(solution=b"", probes=source, contract=[], forbidden=[], public={}, prepared=b"", seed=1)
        return SolveStage(self._place, ALLOWANCE, load, 20.0, Listener())

    def _observe(self, probe: str, seconds: float) -> Observation:
        stage = self._stage()
        try:
            return stage.observe(probe, fresh=False, seconds=seconds)
        finally:
            stage.close()

    def _ask(self, probe: str) -> Any:
        seen = self._observe(probe, 20.0)
        if seen.outcome is not None:
            return {"ended": f"{seen.outcome}: {seen.trouble.text if seen.trouble else ''}"}
        return tree(seen.body)

    def _from_outside(self) -> Iterator[Finding]:
        """What the kernel says of an idle jailed process."""
        stage = self._stage()
        try:
            stage.open()
            status = _status(stage.pids())
        finally:
            stage.close()
        uids, capabilities = (
            set(status["Uid"].split()),
            {status[name] for name in _CAPABILITIES},
        )
        yield Finding(
            "nobody on the host: its uid is not root's",
            "0" not in uids,
            f"host uid {', '.join(sorted(uids))}",
            _MEND_JAIL,
        )
        none = all(int(value, 16) == 0 for value in capabilities)
        yield Finding(
            "no capabilities, none to be had", none, "all sets empty" if none else str(capabilities), _MEND_JAIL
        )
        filtered = status["Seccomp"] == "2" and status["NoNewPrivs"] == "1"
        yield Finding(
            "a seccomp filter, and no new privileges",
            filtered,
            f"Seccomp {status['Seccomp']}, NoNewPrivs {status['NoNewPrivs']}",
            _MEND_SECCOMP,
        )
        yield Finding(
            "one thread when it is born",
            status["Threads"] == "1",
            f"{status['Threads']} thread(s)",
            "Report this: the zygote ran an op.",
        )

    def _limits(self) -> Iterator[Finding]:
        """Limits that are told apart."""
        for name, cause in (("time", Cause.TIME), ("memory", Cause.MEMORY), ("output", Cause.OUTPUT)):
            seen = self._observe(name, LIMIT_SECONDS[name])
            text = seen.trouble.text if seen.trouble else "it went on"
            yield Finding(f"{name} is limited, and told apart", seen.cause is cause, text, _MEND_LIMITS)


Judge = Callable[[Any], tuple[bool, str]]
_MEND_JAIL = (
    "Install Debian's bubblewrap; in a container give the worker CAP_SYS_ADMIN, and leave seccomp, AppArmor and the "
    "system paths unconfined."
)
_MEND_SECCOMP = "Install Debian's libseccomp2; the kernel needs CONFIG_SECCOMP_FILTER."
_MEND_LIMITS = (
    "Let the worker write its cgroup (delegate one to it, see docs/deploying.md), or give the host more memory."
)


def _all_refused(answers: Any) -> tuple[bool, str]:
    if "ended" in answers:
        return False, str(answers["ended"])
    open_ones = [name for name, answer in answers.items() if not str(answer).startswith("refused")]
    return not open_ones, "all refused" if not open_ones else f"allowed: {', '.join(open_ones)}"


def _is_alone(answer: Any) -> tuple[bool, str]:
    if "ended" in answer:
        return False, str(answer["ended"])
    strangers = [pid for pid in answer["processes"] if pid > answer["pid"]]
    few = len(answer["processes"]) <= len(_CHANNELS) and not strangers
    descriptors = [number for number in answer["descriptors"] if number not in _CHANNELS]
    held = few and len(descriptors) <= 1  # the one that lists the folder
    return held, f"{len(answer['processes'])} processes, descriptors {answer['descriptors']}"


def _sees_little(answer: Any) -> tuple[bool, str]:
    if "ended" in answer:
        return False, str(answer["ended"])
    allowed = (f"{WORK}/", "/etc/ld.so.cache", "/tmp/", f"{sys.prefix}/", f"{sys.base_prefix}/")  # noqa: S108 - inside the jail
    foreign = [name for name in answer["files"] if not name.startswith(allowed)]
    return not foreign, f"{len(answer['files'])} files of its own" if not foreign else f"sees {foreign[:3]}"


def _stays_itself(answer: Any) -> tuple[bool, str]:
    if "ended" in answer:
        return False, str(answer["ended"])
    itself = answer["setuid"].startswith("refused") and 0 not in answer["uids"]
    return itself, f"setuid {answer['setuid']}, uids {answer['uids']}"


def _bomb_held(answer: Any) -> tuple[bool, str]:
    if "ended" in answer:
        return True, str(answer["ended"])
    held = answer["made"] <= PROCESSES and bool(answer["error"])
    return held, f"{answer['made']} processes, then {answer['error'] or 'no end'}"


PROMISES: tuple[tuple[str, str, Judge, str], ...] = (
    ("no network of any family", "network", _all_refused, _MEND_SECCOMP),
    ("no mounts, tracing, namespaces, keys, bpf, perf, io_uring", "system_calls", _all_refused, _MEND_SECCOMP),
    ("the system is read-only", "read_only", _all_refused, _MEND_JAIL),
    ("temporary folders are bounded", "bounded_folders", _all_refused, "Report this: bubblewrap ignored --size."),
    ("alone: no other processes, no inherited descriptors", "alone", _is_alone, _MEND_JAIL),
    ("the host's files are out of sight", "files", _sees_little, _MEND_JAIL),
    ("no signals to others", "signals", _all_refused, _MEND_JAIL),
    ("it stays who it is", "setuid", _stays_itself, _MEND_JAIL),
    ("a fork bomb ends at the limit", "fork_bomb", _bomb_held, _MEND_LIMITS),
)


def _status(pids: tuple[int, ...]) -> dict[str, str]:
    lines = Path(f"/proc/{pids[-1]}/status").read_text(encoding="ascii", errors="replace").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _counting() -> Finding:
    """How memory is counted; both ways hold, one is exact."""
    group = open_cgroup(PROCESSES)
    if group is None:
        return Finding("memory is counted", holds=True, seen="by the watchdog: no cgroup can be written here")
    group.close()
    version = "v1" if "memory" in own_groups() else "v2"
    return Finding("memory is counted", holds=True, seen=f"by the kernel, cgroup {version} ({PREFIX}*)")
