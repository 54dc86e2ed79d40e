"""What stands around a hostile submission while it is graded, and what must be left of it afterwards: nothing.

An honest canary is graded beside each attack, on a slot of its own. Secrets are planted wherever the platform keeps
some. The attack is told what an insider could know: pids, paths, names of sockets.
"""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from grader.engine import Engine
from grader.events import Event
from grader.host import EngineHost
from grader.jail.cgroups import PREFIX, own_groups
from grader.model import GradeRequest, GradeResult
from grader.package import Package
from tests.grader.toy import CHECKS, MANIFEST, REFERENCE, toy

FOLDER = Path(__file__).parent
PRELUDE = (FOLDER / "insider" / "prelude.py").read_text()
PLANTED = re.compile(r"planted-4f1c9d-[a-z]+-[0-9a-f]{4}")
MARK = f"left-by-an-attack-{os.getpid()}"
PATIENCE = 30.0  # seconds until a busy machine has torn a jail down
HOST_FOLDERS = ("/tmp", "/dev/shm", "/var/tmp", "/box", ".")


def package(seconds: float, memory_mb: int) -> Package:
    """The toy challenge with a secret in everything that no candidate may see."""
    checks = CHECKS.replace('"bound": 2.5', '"bound": 2.5, "planted": "planted-4f1c9d-prepared-1a2b"')
    manifest = MANIFEST.replace("case_seconds = 2", f"case_seconds = {seconds}")
    made = toy(
        checks_py=checks + "\nPLANTED = 'planted-4f1c9d-checks-3c4d'\n",
        manifest_toml=manifest.replace("memory_mb = 512", f"memory_mb = {memory_mb}"),
        reference_py=REFERENCE + "\nPLANTED = 'planted-4f1c9d-reference-5e6f'\n",
        review_md="planted-4f1c9d-review-7a8b",
    )
    return Package("toy", {**made.files, "data/secret/answers.txt": b"planted-4f1c9d-answers-9c0d"})


@dataclass
class Trial:
    """What came of one submission."""

    result: GradeResult
    took: float
    canary: GradeResult
    events: list[Event] = field(default_factory=list)

    def words(self) -> str:
        """Everything that anybody could be shown of it."""
        return f"{self.result}\n{self.events}"


class Surroundings:
    """One engine for attacks, one for canaries, and the traps."""

    def __init__(self, engine: Engine, canary: Engine, host: EngineHost) -> None:
        self._engine, self._canary, self._host = engine, canary, host
        self._bystanders = _bystanders(host)
        self.zygote = host.pids()["keras3"]
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="canary")
        self._traps = list(self._set_traps())
        self.grade_canary()
        self._files = self._in_run_dir()

    def _set_traps(self) -> Iterator[socket.socket]:
        """Sockets that answer, for whoever gets that far, and a file with a secret."""
        os.environ["GRADETAPE_PLANTED"] = "planted-4f1c9d-environment-1e2f"
        (self._host.run_dir / "planted.txt").write_text("planted-4f1c9d-file-3a4b")
        self._socket = self._host.run_dir / f"trap-{id(self)}.sock"
        for family, kind, address in (
            (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            (socket.AF_UNIX, socket.SOCK_DGRAM, str(self._socket)),
            (socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{self._socket.name}"),
        ):
            trap = socket.socket(family, kind)
            trap.bind(address)
            if kind == socket.SOCK_STREAM:
                trap.listen()
            yield trap

    def close(self) -> None:
        self._beside.shutdown()
        for trap in self._traps:
            trap.close()

    def grade_canary(self) -> GradeResult:
        """An honest submission on the slot beside."""
        return self._canary.grade(GradeRequest(toy(), REFERENCE.encode(), 5))

    def source(self, name: str, *, insider: bool) -> bytes:
        """A submission with what an insider knows filled in."""
        text = (FOLDER / name / "solution.py").read_text()
        if insider:
            text = f"{PRELUDE}\n\n{text}\n\nprint(f'held {{held}} of {{tried}}')\n"
        known = {
            "WORKER": os.getpid(),
            "ZYGOTE": self.zygote,
            "SIBLING": min(self._canary.reserve.pids(), default=1),
            "RUN_DIR": self._host.run_dir,
            "CACHE": self._host.cache_dir,
            "SOCKET": self._socket,
            "PORT": self._traps[0].getsockname()[1],
            "ABSTRACT": self._socket.name,
            "MARK": MARK,
        }
        for key, value in known.items():
            text = text.replace(f"@{key}@", str(value))
        return text.encode()

    def attack(self, source: bytes, package: Package, *, samples_only: bool = False) -> Trial:
        """Grade a submission beside an honest one."""
        events: list[Event] = []
        beside = self._beside.submit(self.grade_canary)
        began = time.monotonic()
        result = self._engine.grade(GradeRequest(package, source, 5, samples_only), events.append)
        took = time.monotonic() - began
        return Trial(result, took, beside.result(), events)

    def leftovers(self) -> list[str]:
        """What is still there of an attack, once everything had time to go."""
        return [
            *_settled(self._processes, "process"),
            *_settled(self._cgroups, "cgroup"),
            *_settled(self._scratch, "file"),
            *(["another zygote"] if self._host.pids()["keras3"] != self.zygote else []),
            *([] if psutil.pid_exists(self.zygote) else ["no zygote"]),
            *self._caught(),
        ]

    def _processes(self) -> set[str]:
        """Processes of ours that are neither the zygote nor jails in reserve (each: bwrap, its init, usher, inmate)."""
        reserved = self._engine.reserve.pids() | self._canary.reserve.pids()
        ours = {child for child in _descendants(psutil.Process()) if child.pid not in reserved}
        found = ours.difference(self._bystanders, *map(_descendants, self._bystanders))
        strangers, holders = set(), 0
        for process in found:
            with suppress(psutil.NoSuchProcess):
                if process.status() == psutil.STATUS_ZOMBIE or process.pid in self._host.pids().values():
                    continue
                if process.name() in ("bwrap", "sh"):
                    holders += 1
                else:
                    strangers.add(f"{process.pid} {process.name()}")
        expected = 2 * self._waiting()
        return strangers | ({f"{holders} processes of bubblewrap, not {expected}"} if holders != expected else set())

    def _waiting(self) -> int:
        return len(self._engine.reserve._waiting) + len(self._canary.reserve._waiting)

    def _cgroups(self) -> set[str]:
        folders = {folder for folder in own_groups().values() if folder.is_dir()}
        found = {path for folder in folders for path in folder.glob(f"{PREFIX}{os.getpid()}-*")}
        names = {path.name for path in found}
        return set() if len(names) <= self._waiting() else names

    def _scratch(self) -> set[str]:
        marked = {str(path) for folder in HOST_FOLDERS for path in Path(folder).glob(f"{MARK}*")}
        return marked | (self._in_run_dir() ^ self._files)

    def _in_run_dir(self) -> set[str]:
        return {str(path) for path in self._host.run_dir.rglob("*")}

    def _caught(self) -> list[str]:
        """What fell into a trap."""
        found = []
        for trap in self._traps:
            trap.setblocking(False)
            with suppress(BlockingIOError):
                found.append(f"trap: {trap.accept() if trap.type == socket.SOCK_STREAM else trap.recv(100)}")
        return found


def _bystanders(host: EngineHost) -> set[psutil.Process]:
    """What other tests of this run keep: a Redis, a browser, a worker with jails of its own."""
    ours = {*host.pids().values()}
    return {child for child in psutil.Process().children() if child.pid not in ours and child.name() != "bwrap"}


def _descendants(process: psutil.Process) -> set[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return set(process.children(recursive=True))
    return set()


def _settled(look: Callable[[], set[str]], kind: str) -> list[str]:
    """What `look` still finds when it had PATIENCE seconds to become nothing."""
    deadline = time.monotonic() + PATIENCE
    while (found := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [f"{kind}: {name}" for name in sorted(found)]
