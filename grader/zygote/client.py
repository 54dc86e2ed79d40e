"""Asking a zygote for a process in a jail. The worker's side: no TensorFlow here."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

import msgspec

from grader.exceptions import JailError, ZygoteUnavailable
from grader.jail.cgroups import Cgroup
from grader.zygote.request import GO, MAX_PACKET, Exited, Forked, Request

ANSWER_SECONDS = 10.0


def socket_path(run_dir: Path, runtime: str) -> Path:
    """Where the zygote of a runtime listens."""
    return run_dir / f"{runtime}.sock"


class Spawned:
    """A process in a jail, seen from outside: `pid` is the usher's, `control` becomes readable when it has ended."""

    def __init__(
        self, run_dir: Path, runtime: str, request: Request, descriptors: list[int], cgroup: Cgroup | None
    ) -> None:
        """Fork and let it go. `descriptors`: the holder's pidfd, the channel, stdout, stderr.

        Raises ZygoteUnavailable when nobody listens, and JailError when the child can't be placed.
        """
        self.control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.control.settimeout(ANSWER_SECONDS)
        try:
            self.control.connect(os.fspath(socket_path(run_dir, runtime)))
            socket.send_fds(self.control, [msgspec.json.encode(request)], descriptors)
            self.pid = msgspec.json.decode(self.control.recv(MAX_PACKET), type=Forked).pid
            if cgroup:
                cgroup.add(self.pid)
            self.control.send(GO)
        except (ConnectionError, FileNotFoundError, TimeoutError, msgspec.MsgspecError) as error:
            self.control.close()
            raise ZygoteUnavailable(
                f"the zygote of {runtime} does not answer ({type(error).__name__}): is the engine's host running?"
            ) from error
        except OSError as error:
            self.control.close()
            raise JailError(f"the process could not be placed into its jail: {error}") from error

    def exited(self) -> Exited | None:
        """How the process ended; None when the zygote's child could not tell (it was killed itself)."""
        try:
            packet = self.control.recv(MAX_PACKET)
            return msgspec.json.decode(packet, type=Exited) if packet else None
        except (OSError, msgspec.MsgspecError):
            return None

    def close(self) -> None:
        """Wait until the zygote's child has ended too: it is in the jail's cgroup."""
        with suppress(OSError):
            while self.control.recv(MAX_PACKET):
                pass
        self.control.close()
