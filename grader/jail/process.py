"""A supervised process in a jail of its own: messages in and out, its output, its limits, its end.

What ended it is told from outside only: this clock, the kernel's counters and the wait status. Nothing that the
process says decides between out of time, out of memory and a crash.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from grader import frames
from grader.events import Stream
from grader.exceptions import Cancelled, JailError, JudgeError, ProtocolError
from grader.frames import FrameReader
from grader.jail.accounting import MemoryWatch, cpu_seconds, descendants
from grader.jail.bubblewrap import Holder
from grader.jail.cgroups import open_cgroup
from grader.jail.identity import Identity
from grader.jail.join import Rlimits
from grader.protocol import Engage, FromChecker, FromReplayer, FromRunner
from grader.zygote.client import Spawned
from grader.zygote.request import SETTLING_FAILED, Request, Role

PROCESSES = 256 + 4 * (os.cpu_count() or 1)  # TensorFlow starts a few threads a core
FILE_BYTES = 256 << 20
MAX_OUTPUT = 8 << 20
SEND_SECONDS = 10.0
WAITING = 2.0
_TICK = 0.1
TELLING_SECONDS = 1.0  # within which the kernel tells how a process ended
_CHUNK = 1 << 16
ZYGOTES_OWN = 2 << 30  # what a fork of the zygote counts as private data before it has done anything
_KINDS: dict[Role, Any] = {"probes": FromRunner, "replays": FromReplayer, "checks": FromChecker}


class Cause(StrEnum):
    """Why a process is no longer there."""

    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    CRASH = "crash"
    PROTOCOL = "protocol"


class Ended(Exception):
    """The process has ended, or was ended. `text` says how in words that may be shown."""

    def __init__(self, cause: Cause, text: str) -> None:
        super().__init__(text)
        self.cause, self.text = cause, text


@dataclass(frozen=True)
class Place:
    """Where and as whom a process is started."""

    run_dir: Path
    runtime: str
    role: Role
    identity: Identity


@dataclass(frozen=True)
class Allowance:
    """What it may use: CPU seconds, MiB of memory."""

    cpu_seconds: float
    memory_mb: int


class JailedProcess:
    """A jail with one process that speaks the protocol of its role. It waits in reserve until it is engaged, once.

    It dies with the thread that made it: bubblewrap does.
    """

    def __init__(self, place: Place) -> None:
        """Raises JailError or ZygoteUnavailable."""
        self._on_output: Callable[[Stream, bytes], None] = lambda stream, data: None
        self._cancelled: Callable[[], bool] = lambda: False
        self._reader: FrameReader[Any] = FrameReader(_KINDS[place.role])
        self._printed, self.cpu_s, self._last_words, self._cpu_limit = 0, 0.0, b"", 0
        self._memory: MemoryWatch | None = None
        self._spoke = False
        self._over: Ended | None = None
        self._holder = Holder(place.identity)
        self._cgroup = open_cgroup(PROCESSES)
        self._channel, theirs = socket.socketpair()
        outputs = [os.pipe2(os.O_CLOEXEC) for _ in range(2)]
        self._outputs: dict[Stream, int] = {"stdout": outputs[0][0], "stderr": outputs[1][0]}
        try:
            limits = Rlimits(FILE_BYTES, PROCESSES)
            request = Request(place.role, place.identity.uid, limits, counted=self._cgroup is not None)
            ends = [self._holder.pidfd, theirs.fileno(), outputs[0][1], outputs[1][1]]
            self._spawned = Spawned(place.run_dir, place.runtime, request, ends, self._cgroup)
        except JudgeError:
            self._tear_down()
            raise
        finally:
            theirs.close()
            for _, write_end in outputs:
                os.close(write_end)

    def alive(self) -> bool:
        """Whether it still waits: nothing was said, and neither end is closed."""
        return not select.select([self._channel, self._spawned.control], [], [], 0)[0]

    def engage(
        self,
        allowance: Allowance,
        *,
        on_output: Callable[[Stream, bytes], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        """Set the limits, and who is told. Raises Ended when the process is gone."""
        self._on_output, self._cancelled = on_output or self._on_output, cancelled or self._cancelled
        self._cpu_limit = max(1, round(allowance.cpu_seconds))
        memory = allowance.memory_mb << 20
        if self._cgroup:
            self._cgroup.limit(memory)
        else:
            self._memory = MemoryWatch((self._spawned.pid, self._holder.init_pid), self._holder.folders(), memory)
        data = None if self._cgroup else memory + ZYGOTES_OWN
        self.send(Engage(cpu_seconds=self._cpu_limit, data_bytes=data))

    def send(self, message: msgspec.Struct) -> None:
        """Send one message. Raises Ended when the process does not take it."""
        try:
            frames.send_within(self._channel, message, SEND_SECONDS)
        except TimeoutError as error:
            raise Ended(Cause.PROTOCOL, "the process does not read its channel") from error
        except OSError as error:
            raise self._ending() from error

    def receive(self, seconds: float) -> Any:
        """The next message.

        Raises Ended when the process is gone or has used so many seconds of CPU time (of the clock, where it only
        waits: WAITING times as many), and Cancelled when asked to stop.
        """
        used, deadline = self._cpu_used(), time.monotonic() + seconds * WAITING
        due = time.monotonic() + seconds
        try:
            while (message := self._reader.next()) is None:
                if self._over:
                    raise self._over
                now = time.monotonic()
                if now >= deadline or (now >= due and self._cpu_used() - used >= seconds):
                    raise Ended(Cause.TIME, f"no answer within {seconds:g} s")
                if self._cancelled():
                    raise Cancelled
                self._poll(min(deadline - now, _TICK))
        except ProtocolError as error:
            raise Ended(Cause.PROTOCOL, str(error)) from error
        self._look()
        if self._over and self._spoke:  # the first message is our own code's: it is heard, whatever followed
            raise self._over
        self._spoke = True
        return message

    def _cpu_used(self) -> float:
        """CPU seconds of the jail so far."""
        return self._cgroup.cpu_seconds() if self._cgroup else sum(cpu_seconds(pid) for pid in self.pids())

    def _poll(self, seconds: float) -> None:
        """Wait for anything to happen, and take it in."""
        sources: list[Any] = [self._channel, self._spawned.control, *self._outputs.values()]
        readable, _, _ = select.select(sources, [], [], seconds)
        if self._channel in readable:
            data = self._receive_some()
            if not data:
                raise self._ending()
            self._reader.feed(data)
        elif self._spawned.control in readable:
            raise self._ending()
        self._look()

    def _look(self) -> None:
        """Take in what was printed, and look at the limits that are watched from here. What is over ends it later."""
        try:
            self._drain()
            if self._memory and self._memory.exceeded():
                raise Ended(Cause.MEMORY, "more memory than allowed")
        except Ended as over:
            self._over = over

    def _receive_some(self) -> bytes:
        try:
            return self._channel.recv(_CHUNK)
        except ConnectionError:
            return b""

    def _drain(self) -> None:
        """Take what was printed. Raises Ended for a flood."""
        for name, source in list(self._outputs.items()):
            while select.select([source], [], [], 0)[0]:
                data = os.read(source, _CHUNK)
                if not data:
                    os.close(self._outputs.pop(name))
                    break
                self._printed += len(data)
                self._last_words = data[-500:]
                self._on_output(name, data)
                if self._printed > MAX_OUTPUT:
                    raise Ended(Cause.OUTPUT, f"more than {MAX_OUTPUT >> 20} MiB of output")

    def _ending(self) -> Ended:
        """Tell how the process ended, by what the kernel says.

        Raises JailError when the jail or its usher was ended from outside, which is no fault of what ran in it.
        """
        told = bool(select.select([self._spawned.control], [], [], TELLING_SECONDS)[0])  # else it only fell silent
        exited = self._spawned.exited() if told else None
        if exited:
            self.cpu_s = exited.cpu_s
        out_of_memory = bool(self._cgroup and self._cgroup.oom_kills())
        killed = told and (
            exited is None or (os.WIFSIGNALED(exited.status) and os.WTERMSIG(exited.status) == signal.SIGKILL)
        )
        out_of_time = killed and self.cpu_s >= self._cpu_limit > 0
        if killed and not out_of_memory and not out_of_time and (exited is None or self._holder.dead(TELLING_SECONDS)):
            raise JailError("the jail was ended from outside")
        self._holder.kill()
        try:
            self._drain()
        except Ended as flood:
            return flood
        if out_of_memory:
            return Ended(Cause.MEMORY, "more memory than allowed")
        if exited is None:
            return Ended(Cause.CRASH, "the process closed its channel")
        return self._by_status(exited.status, out_of_time=out_of_time)

    def _by_status(self, status: int, *, out_of_time: bool) -> Ended:
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            if number == signal.SIGXCPU or out_of_time:
                return Ended(Cause.TIME, "more CPU time than allowed")
            return Ended(Cause.CRASH, f"the process was ended by {_signal_name(number)}")
        if os.WEXITSTATUS(status) == SETTLING_FAILED and not self._spoke:  # later it is the candidate's own choice
            raise JailError(self._last_words.decode(errors="replace") or "the jail could not be entered")
        return Ended(Cause.CRASH, f"the process ended itself with status {os.WEXITSTATUS(status)}")

    def pids(self) -> tuple[int, ...]:
        """The usher's pid and those of its descendants, as the host counts them."""
        return (self._spawned.pid, *sorted(descendants((self._spawned.pid,))))

    def close(self) -> None:
        """End the process and everything else in the jail, and wait until it is gone. `cpu_s` is final afterwards."""
        self._holder.kill()
        exited = self._spawned.exited() if not self.cpu_s else None
        if exited:
            self.cpu_s = exited.cpu_s
        self._spawned.close()
        if self._cgroup:
            self.cpu_s = max(self.cpu_s, self._cgroup.cpu_seconds())
        self._tear_down()

    def _tear_down(self) -> None:
        self._channel.close()
        for source in self._outputs.values():
            os.close(source)
        self._outputs = {}
        self._holder.close()
        if self._cgroup:
            self._cgroup.close()


def _signal_name(number: int) -> str:
    return signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
