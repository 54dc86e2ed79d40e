"""The walls: bubblewrap builds namespaces and mounts around a holder process that only waits.

Processes join the holder's namespaces later (`grader.jail.join`). When the holder dies, the kernel kills all that
runs in its pid namespace. The arguments are those of bwrap(1).
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from grader.exceptions import JailError
from grader.jail.identity import INSIDE_UID, Identity

WORK = "/box"
_MIB = 1 << 20
SIZES = {"/tmp": 256 * _MIB, WORK: 256 * _MIB, "/dev/shm": 64 * _MIB}  # noqa: S108 - paths inside the jail
START_SECONDS = 10.0
GONE_SECONDS = 30.0
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
# In an ordinary user's jail the holder has the uid of what it holds. As pid 1 it can't be killed from inside; and since
# it has a capability that an inmate lacks (a harmless one, and only in its own namespace), the kernel lets no inmate
# into its memory and descriptors (capabilities(7), ptrace(2): access mode checking).
_KEPT_FROM_INMATES = "CAP_WAKE_ALARM"


class Holder:
    """A running jail without anything in it. `pidfd` is what joiners hand to setns(2)."""

    def __init__(self, identity: Identity) -> None:
        """Raises JailError with bubblewrap's own words when it can't build the jail."""
        info, info_end = os.pipe2(os.O_CLOEXEC)
        command = ["bwrap", "--info-fd", str(info_end), *arguments(identity), "/bin/sh", "-c", "echo; read x"]
        passed = (info_end,) if identity.userns is None else (info_end, identity.userns)
        try:
            self._bwrap = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=passed,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,  # what is meant for the worker's process group must not end a jail
            )
        except OSError as error:
            os.close(info)
            raise JailError(
                f"bwrap could not be started (is Debian's package bubblewrap installed?): {error}"
            ) from error
        finally:
            os.close(info_end)
        try:
            self._await_ready()
            self.init_pid = int(json.loads(os.read(info, 4096))["child-pid"])
            self.pidfd = os.pidfd_open(self.init_pid)
        except (OSError, ValueError, KeyError) as error:
            self._end_bwrap()
            raise JailError(f"bwrap said nothing useful: {error}") from error
        except JailError:
            self._end_bwrap()
            raise
        finally:
            os.close(info)

    def _await_ready(self) -> None:
        """Wait until the holder itself speaks: bwrap's --info-fd is written before the mounts are final."""
        assert self._bwrap.stdout
        assert self._bwrap.stderr
        deadline = time.monotonic() + START_SECONDS
        ready, _, _ = select.select([self._bwrap.stdout], [], [], deadline - time.monotonic())
        if not ready or not self._bwrap.stdout.readline():
            self._bwrap.kill()
            raise JailError(
                f"bwrap could not build a jail: {self._bwrap.stderr.read().decode(errors='replace').strip()[:500]}"
            )

    def folders(self) -> tuple[Path, ...]:
        """The temporary folders of the jail, as they can be reached from outside."""
        return tuple(Path(f"/proc/{self.init_pid}/root{path}") for path in SIZES)

    def dead(self, within: float) -> bool:
        """Whether the jail's init has ended, now or within so many seconds. Nothing inside can do that: it is what
        keeps the jail, and it ends after all others in it.
        """
        return bool(select.select([self.pidfd], [], [], within)[0])

    def kill(self) -> None:
        """Kill everything in the jail."""
        with suppress(ProcessLookupError):  # it is dead already, which is what was asked for
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def close(self) -> None:
        """Kill the jail and wait until nothing of it is left."""
        self.kill()
        self._end_bwrap()
        self.dead(GONE_SECONDS)  # the init ends last; hundreds of processes take the kernel a while
        os.close(self.pidfd)

    def _end_bwrap(self) -> None:
        self._bwrap.kill()
        for stream in (self._bwrap.stdin, self._bwrap.stdout, self._bwrap.stderr):
            if stream:
                stream.close()
        self._bwrap.wait()


def arguments(identity: Identity) -> list[str]:
    """bubblewrap's arguments for a jail of this identity, without the command that runs in it."""
    namespaces = [
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup",
        "--hostname",
        "jail",
    ]
    if identity.userns is None:
        namespaces = [
            "--unshare-user",
            "--disable-userns",
            "--uid",
            str(INSIDE_UID),
            "--gid",
            str(INSIDE_UID),
            *namespaces,
        ]
    else:
        namespaces = ["--userns", str(identity.userns), *namespaces]
    kept = () if identity.userns is not None else ("--cap-add", _KEPT_FROM_INMATES)
    return [
        *namespaces,
        *("--die-with-parent", "--new-session", "--as-pid-1", "--cap-drop", "ALL", *kept, "--clearenv"),
        *("--perms", "0755", "--size", str(_MIB), "--tmpfs", "/"),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--dev-bind", "/dev/null", "/dev/zero"),  # which would be memory that nobody counts, once mapped
        *(word for path, size in SIZES.items() for word in ("--perms", "1777", "--size", str(size), "--tmpfs", path)),
        *_read_only(),  # after the temporary folders: an installation may lie below /tmp
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", WORK),
    ]


@cache
def _read_only() -> tuple[str, ...]:
    """Python, its packages and the system's libraries.

    Folders on the way are made readable first: bubblewrap makes them 0700.
    """
    found: list[str] = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib64", "lib32", "libx32", "sbin"):
        path = Path("/") / name
        if path.is_symlink():
            found += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            found += ["--ro-bind", str(path), str(path)]
    made: set[Path] = set()
    for root in dict.fromkeys((Path(sys.prefix), Path(sys.base_prefix))):
        if not root.is_relative_to("/usr"):
            found += [*_folders_to(root, made), "--ro-bind", str(root), str(root)]
    found += [*_folders_to(Path("/etc/ld.so.cache"), made), "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    return tuple(found)


def _folders_to(path: Path, made: set[Path]) -> Iterator[str]:
    for folder in reversed(path.parents):
        if folder != Path("/") and folder not in made:
            made.add(folder)
            yield from ("--perms", "0755", "--dir", str(folder))
