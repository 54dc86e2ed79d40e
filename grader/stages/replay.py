"""The replay stage: what a probe handed over, looked at in a fresh jail without the candidate's code.

Whatever ends it badly is what the artifact did, unless the jail could not be made or the author's replays can't be
imported: the reference's artifact goes the same way, and must pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from grader.artifacts import REPLAY
from grader.exceptions import JudgeError
from grader.jail.process import Allowance, Ended, JailedProcess, Place
from grader.package import Package
from grader.protocol import Handed, LoadReplays, Prepared, Replay, Replayed, ReplaysLoaded, Trouble
from grader.stages.solve import READY_SECONDS, Observation, ended_as, troubled_as


@dataclass
class ReplayStage:
    """The replays of one package under one seed; a jail for each."""

    place: Place
    package: Package
    seed: int
    cancelled: Callable[[], bool] = lambda: False
    cpu_s: float = 0.0

    def observe(self, probe: str, seen: Observation, prepared: Prepared, *, seconds: float) -> Observation:
        """`seen` with what the replay half of `probe` returned, or how the replay ended.

        Raises JudgeError and Cancelled.
        """
        process = JailedProcess(self.place)
        try:
            self._load(process, probe, prepared, seconds)
            return self._answer(process, probe, seen, seconds)
        except Ended as ended:
            return replace(ended_as(ended), seconds=seen.seconds)
        finally:
            process.close()
            self.cpu_s += process.cpu_s

    def _load(self, process: JailedProcess, probe: str, prepared: Prepared, seconds: float) -> None:
        """Engage the process and import the replays, before anything of the candidate's is there."""
        slug = self.package.slug
        try:
            allowance = Allowance(READY_SECONDS + 2 * seconds, self.package.limits.memory_mb)
            process.engage(allowance, cancelled=self.cancelled)
            process.send(
                LoadReplays(
                    replays=self.package.files["replays.py"],
                    public=self.package.folder("data/public/"),
                    prepared=[prepared.solve, prepared.replay],
                    seed=self.seed,
                )
            )
            loaded = process.receive(READY_SECONDS)
        except Ended as ended:
            raise JudgeError(f"the replay jail of {slug} ended: {ended.text}") from ended
        if not isinstance(loaded, ReplaysLoaded) or loaded.trouble:
            raise JudgeError(f"replays.py of {slug}: {getattr(loaded, 'trouble', 'an answer to another question')}")
        if probe not in loaded.probes:
            raise JudgeError(f"replays.py of {slug}: expected a replay of {probe!r}, received {loaded.probes}")

    def _answer(self, process: JailedProcess, probe: str, seen: Observation, seconds: float) -> Observation:
        for name, content in seen.artifacts.items():
            process.send(Handed(name=name, content=content))
        process.send(Replay(probe=probe, seen=seen.body))
        replayed = process.receive(seconds)
        if not isinstance(replayed, Replayed) or replayed.probe != probe:
            return troubled_as(Trouble(kind=REPLAY, text="The process answered another question."), seen.seconds)
        if replayed.trouble:
            words = f"What was handed over could not be used. {replayed.trouble.kind}: {replayed.trouble.text}"
            return troubled_as(
                msgspec.structs.replace(replayed.trouble, kind=REPLAY, text=words[:2000], line=None), seen.seconds
            )
        return replace(seen, replayed=replayed.body)
