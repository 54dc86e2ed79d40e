"""What the doctor runs inside a jail, as any candidate could: each probe tries to break one promise and reports what
happened.

Read as data by `grader.doctor.examination` and run in jails only.
"""

# ruff: noqa: S108 - the paths are those inside a jail

from __future__ import annotations

import ctypes
import errno
import fcntl
import mmap
import os
import platform
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyseccomp

from grader.probing import probe

_libc = ctypes.CDLL(None, use_errno=True)
_CALLS = {
    **{
        name: {errno.EPERM}
        for name in ("mount", "umount2", "pivot_root", "chroot", "fsopen", "open_tree", "move_mount")
    },
    **{name: {errno.EPERM} for name in ("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp")},
    **{name: {errno.EPERM} for name in ("unshare", "setns", "keyctl", "add_key", "bpf", "perf_event_open")},
    **{name: {errno.EPERM} for name in ("io_uring_setup", "userfaultfd", "open_by_handle_at", "init_module", "reboot")},
    **{name: {errno.EPERM} for name in ("personality", "seccomp", "shmget", "mq_open", "bind", "connect", "syslog")},
    "clone3": {errno.ENOSYS},  # EPERM would break starting a thread
}
_REFUSED = {errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOENT, errno.ENOSPC, errno.ESRCH, errno.ENOTDIR}
_X32 = 0x40000000


def _outcome(attempt: Any, refused: Collection[int] = _REFUSED) -> str:
    """What came of it. An error that the kernel gives once it looks at the arguments is no refusal."""
    try:
        attempt()
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, str(error.errno))
        return f"refused: {name}" if error.errno in refused else f"got as far as {name}"
    return "allowed"


def _call(name: str, *arguments: int) -> None:
    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    if _libc.syscall(ctypes.c_long(number), *(ctypes.c_long(value) for value in (*arguments, *[0] * 6)[:6])) < 0:
        raise OSError(ctypes.get_errno(), name)


@probe("network")
def network(solution: Any, rng: Any) -> dict[str, str]:
    families = {"inet": socket.AF_INET, "inet6": socket.AF_INET6, "unix": socket.AF_UNIX, "vsock": 40, "netlink": 16}
    return {
        name: _outcome(lambda family=family: socket.socket(family, socket.SOCK_STREAM))
        for name, family in families.items()
    }


@probe("system_calls")
def system_calls(solution: Any, rng: Any) -> dict[str, str]:
    tried = {name: _outcome(lambda name=name: _call(name), refused) for name, refused in _CALLS.items()}
    tried["clone of a namespace"] = _outcome(lambda: _call("clone", 0x10000000 | 17), {errno.EPERM})
    tried["limits of another process"] = _outcome(lambda: _call("prlimit64", 1, 0, 0, 0), {errno.EPERM})
    tried["TIOCSTI"] = _outcome(lambda: fcntl.ioctl(0, 0x5412, b"x"), {errno.EPERM})
    return tried


@probe("other_architectures")
def other_architectures(solution: Any, rng: Any) -> dict[str, str]:
    """getpid as x32 and, where this is an x86, as i386 would call it; a filter that minds ends the child."""
    if platform.machine() != "x86_64":
        return {}
    return {"x32": _in_child(lambda: _libc.syscall(ctypes.c_long(_X32 | 39))), "i386": _in_child(_call_i386)}


def _in_child(call: Any) -> str:
    child = os.fork()
    if child == 0:
        os._exit(0 if call() == os.getpid() else 1)
    status = os.waitpid(child, 0)[1]
    return "allowed" if status == 0 else f"refused: status {status}"


def _call_i386() -> int:
    mode = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    code = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mode)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20 (getpid); int 0x80; ret
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    answer: int = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    return answer


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


@probe("init")
def init(solution: Any, rng: Any) -> dict[str, str]:
    """The process that keeps the jail: in an ordinary user's jail it has our own uid."""
    places = {name: f"/proc/1/{name}" for name in ("mem", "environ", "maps", "fd/0")}
    tried = {name: _outcome(lambda path=path: Path(path).read_bytes()) for name, path in places.items()}
    return tried | {"root": _outcome(lambda: list(Path("/proc/1/root/etc").iterdir()))}


@probe("signals")
def signals(solution: Any, rng: Any) -> dict[str, str]:
    """Death to every process but ourselves, the jail's init among them. Without its init the whole jail ends."""
    with suppress(OSError):
        os.kill(1, signal.SIGKILL)
    time.sleep(0.3)
    others = [pid for pid in range(2, 300) if pid != os.getpid()]
    tried = {str(pid): _outcome(lambda pid=pid: os.kill(pid, signal.SIGKILL)) for pid in others}
    return {"init": "refused: it lives, and so do we", **tried}


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


@probe("limits")
def limits(solution: Any, rng: Any) -> dict[str, str]:
    """Raising one's own limits, and dumping a core."""
    names = ("RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE", "RLIMIT_STACK", "RLIMIT_CPU", "RLIMIT_NPROC")
    tried = {name: _outcome(lambda name=name: _raise(getattr(resource, name))) for name in names}
    child = os.fork()
    if child == 0:
        os.abort()
    dumped = os.WCOREDUMP(os.waitpid(child, 0)[1])
    return tried | {"core": "allowed" if dumped else "refused"}


def _raise(limit: int) -> None:
    hard = resource.getrlimit(limit)[1]
    try:
        resource.setrlimit(limit, (hard + 1, hard + 1))
    except ValueError as error:  # Python's word for EPERM
        raise PermissionError(errno.EPERM, str(error)) from error


@probe("descriptors")
def descriptors(solution: Any, rng: Any) -> dict[str, Any]:
    kept: list[int] = []
    try:
        while len(kept) < 5000:
            kept.append(os.dup(1))
    except OSError as error:
        return {"made": len(kept), "error": errno.errorcode.get(error.errno or 0, "?")}
    finally:
        for descriptor in kept:
            os.close(descriptor)
    return {"made": len(kept), "error": ""}


@probe("memory")
def memory(solution: Any, rng: Any) -> dict[str, int]:
    kept = []
    while True:
        kept.append(np.ones(4_000_000))


@probe("hidden_memory")
def hidden_memory(solution: Any, rng: Any) -> dict[str, str]:
    """Files in memory, and pages of shared mappings that were given back: no process's size shows them."""
    return {"memfd": _outcome(_fill_memfds), "shared": _outcome(_fill_shared)}


def _fill_memfds() -> None:
    chunk = b"x" * (1 << 20)
    while True:
        file = os.memfd_create("hidden")
        for _ in range(200):
            os.write(file, chunk)


def _fill_shared() -> None:
    kept = []
    while True:
        block = mmap.mmap(-1, 1 << 24)
        block.write(b"x" * (1 << 24))
        block.madvise(mmap.MADV_DONTNEED)
        kept.append(block)


@probe("crash")
def crash(solution: Any, rng: Any) -> None:
    ctypes.string_at(0)


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
