"""The solve stage: probes called on one solution, each case on its own.

One process serves the cases in order. When it crashes or runs out of time, only the case that did it is lost: the
rest go on in a fresh jail. The reference goes through the same stage in a jail of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from grader.artifacts import ArtifactRefused, Artifacts
from grader.events import Stream
from grader.exceptions import JudgeError
from grader.jail.process import Allowance, Cause, Ended, JailedProcess, Place
from grader.model import Outcome
from grader.protocol import Handed, Load, Loaded, Observed, Ready, Reported, RunProbe, Trouble

OUTCOMES = {
    Cause.TIME: Outcome.TIME_LIMIT,
    Cause.MEMORY: Outcome.MEMORY_LIMIT,
    Cause.OUTPUT: Outcome.CRASHED,
    Cause.CRASH: Outcome.CRASHED,
    Cause.PROTOCOL: Outcome.CRASHED,
}
READY_SECONDS = 30.0
WALL_PER_CPU = 3.0


@dataclass(frozen=True)
class Observation:
    """What came of one probe: a body for the checks when `outcome` is None, else how it ended.

    `artifacts` is what it handed over, by name, and `replayed` what its replay half made of that.
    """

    outcome: Outcome | None = None
    body: bytes = b""
    artifacts: dict[str, bytes] = field(default_factory=dict)
    replayed: bytes | None = None
    ran: tuple[str, ...] = ()
    seconds: float = 0.0
    trouble: Trouble | None = None
    cause: Cause | None = None


class LoadFailed(Exception):
    """The candidate's file could not be imported: the outcome, and what to say."""

    def __init__(self, observation: Observation) -> None:
        super().__init__(observation.trouble.text if observation.trouble else "")
        self.observation = observation


@dataclass
class Listener:
    """Who is told what happens in the process."""

    output: Callable[[Stream, bytes], None] = lambda stream, data: None
    progress: Callable[[dict[str, float]], None] = lambda values: None
    ready: Callable[[], None] = lambda: None
    cancelled: Callable[[], bool] = lambda: False


class SolveStage:
    """One solution in jails of its own, one after the other. Use it in one thread."""

    def __init__(
        self,
        place: Place,
        allowance: Allowance,
        load: Load,
        load_seconds: float,
        listener: Listener,
        take: Callable[[Place], JailedProcess] = JailedProcess,
    ) -> None:
        self._take = take
        self._place, self._allowance, self._load, self._load_seconds = place, allowance, load, load_seconds
        self._listener = listener
        self._process: JailedProcess | None = None
        self._deadline = time.monotonic() + allowance.cpu_seconds * WALL_PER_CPU + READY_SECONDS
        self.cpu_s = 0.0

    def open(self) -> None:
        """Start a jail and import the solution.

        Raises LoadFailed, and JudgeError when it is not the solution's fault.
        """
        left = max(1.0, self._allowance.cpu_seconds - self.cpu_s)
        self._process = self._take(self._place)
        try:
            allowance = Allowance(left, self._allowance.memory_mb)
            self._process.engage(allowance, on_output=self._listener.output, cancelled=self._listener.cancelled)
            self._process.send(self._load)
            if not isinstance(self._process.receive(READY_SECONDS), Ready):
                raise JudgeError("the runner did not get ready")
        except Ended as ended:
            self.close()
            raise JudgeError(f"the runner ended before the solution was loaded: {ended.text}") from ended
        self._listener.ready()
        try:
            loaded = self._process.receive(self._load_seconds)
        except Ended as ended:
            self.close()
            raise LoadFailed(ended_as(ended)) from ended
        if not isinstance(loaded, Loaded):
            self.close()
            raise LoadFailed(ended_as(Ended(Cause.PROTOCOL, "the process wrote to a channel that is not its own")))
        if loaded.trouble:
            self.close()
            raise LoadFailed(troubled_as(loaded.trouble))

    def observe(self, probe: str, *, fresh: bool, seconds: float) -> Observation:
        """Run one probe. Never raises for what the solution does; JudgeError and Cancelled pass through."""
        if self.cpu_s >= self._allowance.cpu_seconds or time.monotonic() >= self._deadline:
            return Observation(outcome=Outcome.NOT_RUN)
        if fresh:
            self.close()
        try:
            if self._process is None:
                self.open()
            assert self._process
            self._process.send(RunProbe(probe=probe))
            return self._answer(probe, self._process, min(seconds, max(0.1, self._deadline - time.monotonic())))
        except LoadFailed as failed:
            return failed.observation
        except Ended as ended:
            self.close()
            return ended_as(ended)

    def _answer(self, probe: str, process: JailedProcess, seconds: float) -> Observation:
        began = time.monotonic()  # this clock, not what the process says
        deadline = began + seconds
        artifacts = Artifacts()
        while True:
            message = process.receive(max(0.0, deadline - time.monotonic()))
            if isinstance(message, Reported):
                self._listener.progress(message.values)
            elif isinstance(message, Handed):
                _take(artifacts, message)
            elif isinstance(message, Observed) and message.probe == probe:
                break
            else:
                raise Ended(Cause.PROTOCOL, "the process wrote to a channel that is not its own")
        took = time.monotonic() - began
        if message.trouble:
            return troubled_as(message.trouble, took)
        return Observation(body=message.body, artifacts=artifacts.files, ran=tuple(message.ran), seconds=took)

    def pids(self) -> tuple[int, ...]:
        """The host's pids of the processes that belong to the jail, the solution's own last."""
        return self._process.pids() if self._process else ()

    def close(self) -> None:
        """End the process, if there is one, and count its CPU time."""
        if self._process:
            self._process.close()
            self.cpu_s += self._process.cpu_s
            self._process = None


def _take(artifacts: Artifacts, message: Handed) -> None:
    """The jail's own side has refused what does not fit already: what still comes is not from there."""
    try:
        artifacts.add(message.name, message.content)
    except ArtifactRefused as error:
        raise Ended(Cause.PROTOCOL, str(error)) from error


def ended_as(ended: Ended) -> Observation:
    """What is known of a probe whose process has ended."""
    trouble = Trouble(kind=ended.cause.value, text=f"Ended: {ended.text}.")
    return Observation(outcome=OUTCOMES[ended.cause], trouble=trouble, cause=ended.cause)


def troubled_as(trouble: Trouble, seconds: float = 0.0) -> Observation:
    """What is known of a probe that ended in an exception."""
    outcome = Outcome.MEMORY_LIMIT if trouble.memory else Outcome.ERROR
    return Observation(outcome=outcome, trouble=trouble, seconds=seconds)
