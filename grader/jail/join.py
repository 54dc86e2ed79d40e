"""How a fork of the zygote enters a jail and gives up everything it could do outside.

Runs in the zygote's child, which has one thread: setns(2) into a user namespace needs that. The order matters and is
explained where it does. Python 3.11 has no os.setns, capset or prctl; these are the libc calls made by hand.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from pathlib import Path

import msgspec

from grader.jail.bubblewrap import WORK

_CLONE_FLAGS = (
    0x10000000 | 0x00020000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000 | 0x02000000
)  # user, mnt, pid, net, ipc, uts, cgroup
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 4, 24, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522
CHANNEL = 3
_libc = ctypes.CDLL(None, use_errno=True)


class Rlimits(msgspec.Struct, frozen=True):
    """The limits of setrlimit(2) that hold from the start: bytes of a file, processes and threads."""

    file_bytes: int
    processes: int

    def apply(self) -> None:
        """Set them, hard ones too, so that nothing can be raised again."""
        for limit, value in {
            resource.RLIMIT_FSIZE: self.file_bytes,
            resource.RLIMIT_NPROC: self.processes,
            resource.RLIMIT_NOFILE: 256,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_STACK: 16 << 20,
            resource.RLIMIT_MEMLOCK: 64 << 10,
            resource.RLIMIT_MSGQUEUE: 0,
        }.items():
            _lower(limit, value, value)


def limit_use(cpu_seconds: int, data_bytes: int | None) -> None:
    """Set what one submission may use.

    At the soft limit of CPU time comes SIGXCPU, which tells it apart; then SIGKILL.
    """
    _lower(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1)
    if data_bytes is not None:
        _lower(resource.RLIMIT_DATA, data_bytes, data_bytes)


def _lower(limit: int, soft: int, hard: int) -> None:
    """Set a limit, but never above what the worker itself may have."""
    ceiling = resource.getrlimit(limit)[1]
    bounded = hard if ceiling == resource.RLIM_INFINITY else min(hard, ceiling)
    resource.setrlimit(limit, (min(soft, bounded), bounded))


def enter_namespaces(pidfd: int) -> None:
    """Join all namespaces of the jail at once. The pid namespace holds for children only: fork after this."""
    _call("setns", _libc.setns(pidfd, _CLONE_FLAGS))


def settle(uid: int | None, limits: Rlimits) -> None:
    """Become an ordinary process of the jail.

    Call in the child that was forked after `enter_namespaces`; seccomp comes after.
    """
    os.setsid()
    os.chdir(WORK)
    os.umask(0o022)
    for number in range(1, signal.NSIG):
        if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
            signal.signal(number, signal.SIG_DFL)
    Path("/proc/self/oom_score_adj").write_text("1000")  # this one dies first, not the process that watches it
    limits.apply()
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    for capability in range(
        64
    ):  # the bounding set can be emptied only while CAP_SETPCAP is held: before the uid changes
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # past the kernel's last capability
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    _drop_capabilities()
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_DUMPABLE, 1)  # changing the uid cleared it, and /proc/self belongs to root without it


def arrange_descriptors(channel: int, stdout: int, stderr: int) -> None:
    """/dev/null, the two outputs and the channel become 0 to 3; everything else the zygote had open is closed."""
    null = os.open("/dev/null", os.O_RDONLY)
    kept = [os.dup2(fd, 64 + index) for index, fd in enumerate((null, stdout, stderr, channel))]
    for index, fd in enumerate(kept):
        os.dup2(fd, index, inheritable=True)
    os.closerange(CHANNEL + 1, 65536)


def _drop_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _call("capset", _libc.capset(header, nothing))


def _prctl(option: int, argument: int) -> None:
    _call(f"prctl {option}", _libc.prctl(option, argument, 0, 0, 0))


def _call(name: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
