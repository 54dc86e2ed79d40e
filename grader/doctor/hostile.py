"""What the doctor runs inside a jail, as any candidate could: each probe tries to break one promise and reports what
happened.

Read as data by `grader.doctor.examination` and run in jails only.
"""

# ruff: noqa: S108 - the paths are those inside a jail

from __future__ import annotations

import ctypes
import errno
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from grader.probing import probe

_libc = ctypes.CDLL(None, use_errno=True)
_CALLS = {
    "mount": 165,
    "ptrace": 101,
    "unshare": 272,
    "bpf": 321,
    "keyctl": 250,
    "perf_event_open": 298,
    "io_uring_setup": 425,
}


def _outcome(attempt: Any) -> str:
    try:
        attempt()
    except OSError as error:
        return f"refused: {errno.errorcode.get(error.errno or 0, error.errno)}"
    return "allowed"


@probe("network")
def network(solution: Any, rng: Any) -> dict[str, str]:
    families = {"inet": socket.AF_INET, "inet6": socket.AF_INET6, "unix": socket.AF_UNIX, "vsock": 40, "netlink": 16}
    return {
        name: _outcome(lambda family=family: socket.socket(family, socket.SOCK_STREAM))
        for name, family in families.items()
    }


@probe("system_calls")
def system_calls(solution: Any, rng: Any) -> dict[str, str]:
    def call(number: int) -> None:
        if _libc.syscall(number, 0, 0, 0, 0, 0) < 0:
            raise OSError(ctypes.get_errno(), "refused")

    return {name: _outcome(lambda number=number: call(number)) for name, number in _CALLS.items()}


@probe("read_only")
def read_only(solution: Any, rng: Any) -> dict[str, str]:
    places = ["/x", "/usr/x", "/dev/x", "/etc/x", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger", "/sys/x"]
    return {place: _outcome(lambda place=place: Path(place).open("w").close()) for place in places}


@probe("bounded_folders")
def bounded_folders(solution: Any, rng: Any) -> dict[str, str]:
    return {
        place: _outcome(lambda place=place: _fill(Path(place) / "filling")) for place in ("/tmp", "/box", "/dev/shm")
    }


def _fill(path: Path) -> None:
    """Write more than any folder of a jail may hold."""
    chunk = b"x" * (1 << 20)
    try:
        for part in range(3):
            with path.with_suffix(f".{part}").open("wb") as file:
                for _ in range(200):
                    file.write(chunk)
    finally:
        for part in range(3):
            path.with_suffix(f".{part}").unlink(missing_ok=True)


@probe("alone")
def alone(solution: Any, rng: Any) -> dict[str, Any]:
    """Which processes, descriptors and variables are in sight."""
    return {
        "processes": sorted(int(name.name) for name in Path("/proc").iterdir() if name.name.isdigit()),
        "descriptors": sorted(int(name.name) for name in Path("/proc/self/fd").iterdir() if name.is_symlink()),
        "environment": sorted(os.environ),
        "pid": os.getpid(),
    }


@probe("files")
def files(solution: Any, rng: Any) -> dict[str, Any]:
    """Everything outside of the system's own folders that can be seen by name."""
    seen = []
    for top in ("/root", "/home", "/etc", "/var", "/opt", "/srv", "/run", "/mnt", "/work", "/box", "/tmp"):
        for folder, _, names in os.walk(top):
            if "site-packages" in folder or "/lib/python" in folder:
                continue
            seen += [f"{folder}/{name}" for name in names]
    return {"files": seen[:5000]}


@probe("signals")
def signals(solution: Any, rng: Any) -> dict[str, str]:
    """Signals to the jail's init, and to whatever else is there but the probe itself and what it was forked from."""
    others = {1, 2} - {os.getpid(), os.getppid()}
    return {str(pid): _outcome(lambda pid=pid: os.kill(pid, 0)) for pid in sorted(others)}


@probe("setuid")
def setuid(solution: Any, rng: Any) -> dict[str, Any]:
    """Becoming somebody else, by asking and by a setuid program."""
    answer: dict[str, Any] = {"setuid": _outcome(lambda: os.setuid(0))}
    for program in ("/usr/bin/su", "/usr/bin/mount", "/usr/bin/chsh"):
        if Path(program).exists():
            done = subprocess.run([program, "--version"], capture_output=True, check=False)
            answer[program] = f"status {done.returncode}"
    answer["uids"] = list(os.getresuid())
    return answer


@probe("memory")
def memory(solution: Any, rng: Any) -> dict[str, int]:
    kept = []
    while True:
        kept.append(np.ones(4_000_000))


@probe("time")
def time_(solution: Any, rng: Any) -> None:
    while True:
        pass


@probe("output")
def output(solution: Any, rng: Any) -> None:
    while True:
        os.write(1, b"x" * 65536)


@probe("fork_bomb")
def fork_bomb(solution: Any, rng: Any) -> dict[str, Any]:
    """Fork until the kernel says no; the children sleep and are left behind."""
    made = 0
    for _ in range(5000):
        try:
            pid = os.fork()
        except OSError as error:
            return {"made": made, "error": errno.errorcode.get(error.errno or 0, "?")}
        if pid == 0:
            os.setsid()
            _libc.sleep(600)
            os._exit(0)
        made += 1
    return {"made": made, "error": ""}
