"""Grading one submission, end to end: the file, the jails, the stages, the events, the verdict.

Theory of operation. The calling thread drives the candidate's process case by case. Beside it a thread feeds the
check jail with what has been seen, so a case's result is out while the next one still runs; where the wanted answers
of this seed are not kept yet, a third makes them. Events are handed out one at a time.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import msgspec

from grader.events import CaseFinished, CaseStarted, Event, Finished, Output, Progress, Started, Stream, Timings
from grader.exceptions import JudgeError
from grader.jail.identity import Identity, identities
from grader.jail.process import Allowance, Cause, Place
from grader.jail.reserve import Reserve
from grader.manifest import Case
from grader.model import GradeRequest, GradeResult, Outcome, Verdict
from grader.package import Package
from grader.referee import Referee
from grader.scoring import score_of, verdict_of
from grader.source import Refusal, refuse
from grader.stages.check import CheckStage
from grader.stages.reference import Places, ReferenceRun, WantedStore, load_message
from grader.stages.replay import ReplayStage
from grader.stages.solve import Listener, LoadFailed, Observation, SolveStage
from grader.telling import line_of
from grader.transcript import Transcript
from grader.zygote.request import Role

log = logging.getLogger(__name__)
_PROCESSES: dict[str, Role] = {"solve": "probes", "reference": "probes", "replay": "replays", "check": "checks"}
_BEFORE = {Outcome.TIME_LIMIT: Verdict.TIME_LIMIT, Outcome.MEMORY_LIMIT: Verdict.MEMORY_LIMIT}


class Engine:
    """Grades on one slot of a host whose zygotes run (see `grader.host`). One submission at a time."""

    def __init__(self, run_dir: Path, cache_dir: Path, slot: int = 0) -> None:
        """Raises JailError when this user can't make the slot's namespaces."""
        self._run_dir = run_dir
        self._store = WantedStore(cache_dir)
        self._identities: dict[str, Identity] = identities(slot)
        self.reserve = Reserve()

    def close(self) -> None:
        """End what waits in reserve, and let go of the slot's namespaces."""
        self.reserve.close()
        for identity in self._identities.values():
            identity.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trail: TracebackType | None
    ) -> None:
        self.close()

    def grade(self, request: GradeRequest, emit: Callable[[Event], None] = lambda event: None) -> GradeResult:
        """Grade one file.

        Faults of the platform become the verdict judge_error; only Cancelled and what `emit` raises pass through.
        """
        try:
            return _Grading(self, request, emit).run()
        finally:
            self.warm(request.package.runtime)

    def warm(self, runtime: str) -> None:
        """Begin to have jails waiting for the next submission of a runtime. Grading does so by itself at its end."""
        self.reserve.refill([self.place_of("solve", runtime), self.place_of("check", runtime)])

    def prepare(self, package: Package, seed: int) -> float:
        """Make and keep the wanted answers of a seed.

        Returns the CPU seconds it took (0 when they were kept). Raises JudgeError.
        """
        run = self.reference_run(package, seed)
        try:
            run.prepared.result()
            for wanted in run.wanted.values():
                wanted.result()
        finally:
            run.close()
        return run.cpu_s

    def place_of(self, role: str, runtime: str) -> Place:
        """Where a role's process of this slot is started."""
        return Place(self._run_dir, runtime, _PROCESSES[role], self._identities[role])

    def place(self, package: Package, role: str) -> Place:
        """The same for the runtime of a package."""
        return self.place_of(role, package.runtime)

    def reference_run(self, package: Package, seed: int) -> ReferenceRun:
        """The wanted answers of a seed, made now unless they are kept."""
        replay = replace(self.place(package, "reference"), role="replays")
        places = Places(self.place(package, "reference"), replay, self.place(package, "check"))
        return ReferenceRun(places, package, seed, self._store)


def _asked_for(case: Case, request: GradeRequest) -> bool:
    return (case.sample or not request.samples_only) and (request.only is None or case.id in request.only)


class _Grading:
    """One submission while it is graded."""

    def __init__(self, engine: Engine, request: GradeRequest, emit: Callable[[Event], None]) -> None:
        self._engine, self._request, self._package = engine, request, request.package
        self._began = time.monotonic()
        self._emit_raw, self._lock = emit, threading.Lock()
        self._cases = [case for case in self._package.cases if _asked_for(case, request)]
        self._current: Case | None = None
        self._jail_ms: float | None = None
        self._first_case_ms: float | None = None
        self._flooded = False
        self._transcript = Transcript(self._printed)
        self._cpu_s = 0.0

    def run(self) -> GradeResult:
        refusal = refuse(self._request.source)
        if refusal:
            return self._finish(self._not_run(), refusal=refusal, before=Verdict.RUNTIME_ERROR)
        try:
            return self._grade()
        except JudgeError as error:
            log.exception("grading %s failed", self._package.slug)
            return self._finish(
                self._not_run(Outcome.JUDGE_ERROR), refusal=Refusal(f"The platform failed, not your code: {error}")
            )

    def _grade(self) -> GradeResult:
        reference = self._engine.reference_run(self._package, self._request.seed)
        checks = CheckStage(self._engine.place(self._package, "check"), self._package, self._engine.reserve.take)
        lines = self._request.source.count(b"\n") + 1
        replays = ReplayStage(
            self._engine.place(self._package, "replay"), self._package, self._request.seed, self._request.cancelled
        )
        referee = Referee(self._package, lines, reference, checks, replays, self._case_done)
        complete = False
        try:
            prepared = reference.prepared.result()
            unloaded = self._solve(self._stage(prepared.solve), referee)
            if unloaded:
                if (
                    unloaded.cause is Cause.CRASH
                ):  # where the reference ends in the same way it is not the candidate's fault
                    reference.wanted[self._cases[0].probe_name].result()
                return self._load_failed(unloaded)
            results = referee.finish()
            self._cpu_s += checks.cpu_s + replays.cpu_s
            complete = True
            return self._finish(results)
        finally:
            referee.stop()
            reference.close(finish=complete)

    def _solve(self, stage: SolveStage, referee: Referee) -> Observation | None:
        """Load the solution and run the cases. Returns how loading failed, if it did."""
        try:
            stage.open()
            self._run_cases(stage, referee)
        except LoadFailed as failed:
            return failed.observation
        finally:
            stage.close()
            self._cpu_s += stage.cpu_s
        return None

    def _stage(self, prepared: bytes) -> SolveStage:
        limits = self._package.limits
        load = load_message(self._package, self._request.source, prepared, self._request.seed)
        listener = Listener(
            output=self._transcript.add, progress=self._progress, ready=self._ready, cancelled=self._request.cancelled
        )
        allowance = Allowance(limits.cpu_seconds, limits.memory_mb)
        place = self._engine.place(self._package, "solve")
        return SolveStage(place, allowance, load, limits.case_seconds, listener, self._engine.reserve.take)

    def _run_cases(self, stage: SolveStage, referee: Referee) -> None:
        """Samples come first; from the first hidden case on, nothing that is printed is kept."""
        seen: dict[str, Observation] = {}
        for case in self._cases:
            self._current = case
            self._transcript.open = case.sample
            self._emit(CaseStarted(case=case.id))
            if case.probe_name not in seen:
                seconds = case.seconds or self._package.limits.case_seconds
                seen[case.probe_name] = stage.observe(case.probe_name, fresh=case.fresh, seconds=seconds)
            observation = seen[case.probe_name]
            self._flooded |= observation.cause is Cause.OUTPUT
            referee.take(case, observation)
        self._current = None
        self._engine.warm(self._package.runtime)  # while the last results are decided and the jails are torn down

    def _ready(self) -> None:
        if self._jail_ms is None:
            self._jail_ms = self._elapsed_ms()
            self._emit(Started())

    def _progress(self, values: dict[str, float]) -> None:
        if self._current and self._current.sample:  # numbers of a hidden case could be its inputs
            finite = {name: value for name, value in values.items() if math.isfinite(value)}
            self._emit(Progress(case=self._current.id, values=finite))

    def _printed(self, stream: Stream, text: str) -> None:
        self._emit(Output(stream=stream, text=text, case=self._current.id if self._current else None))

    def _case_done(self, result: CaseFinished) -> None:
        if self._first_case_ms is None:
            self._first_case_ms = self._elapsed_ms()
        self._emit(result if result.sample else msgspec.structs.replace(result, seconds=None))

    def _load_failed(self, seen: Observation) -> GradeResult:
        """The file could not be imported: no case ran, and the message says why, with its line."""
        assert seen.outcome
        assert seen.trouble
        trouble, lines = seen.trouble, self._request.source.count(b"\n") + 1
        text = trouble.text if trouble.kind in ("Contract", seen.cause) else f"{trouble.kind}: {trouble.text}"
        if seen.outcome is Outcome.TIME_LIMIT:
            seconds = self._package.limits.case_seconds
            text = f"Importing your file did not end within {seconds:g} s. Is there a loop outside of a function?"
        before = (
            Verdict.OUTPUT_LIMIT if seen.cause is Cause.OUTPUT else _BEFORE.get(seen.outcome, Verdict.RUNTIME_ERROR)
        )
        return self._finish(self._not_run(), refusal=Refusal(text, line_of(trouble, lines)), before=before)

    def _not_run(self, outcome: Outcome = Outcome.NOT_RUN) -> list[CaseFinished]:
        return [
            CaseFinished(
                case=case.id,
                part=case.part,
                title=case.title,
                points=case.points,
                earned=0,
                outcome=outcome,
                sample=case.sample,
                hint=case.hint,
            )
            for case in self._cases
        ]

    def _finish(
        self, cases: list[CaseFinished], *, refusal: Refusal | None = None, before: Verdict | None = None
    ) -> GradeResult:
        verdict, score = verdict_of(cases, flooded=self._flooded, before=before), score_of(cases)
        timings = Timings(self._jail_ms, self._first_case_ms, self._elapsed_ms(), round(self._cpu_s, 3))
        message, line = (refusal.message, refusal.line) if refusal else (None, None)
        passed = sum(case.outcome is Outcome.PASSED for case in cases)
        self._emit(
            Finished(
                verdict=verdict,
                score=score,
                passed=passed,
                total=len(cases),
                timings=timings,
                message=message,
                line=line,
            )
        )
        return GradeResult(
            self._package.slug,
            self._package.digest,
            self._request.seed,
            verdict,
            score,
            tuple(cases),
            message,
            line,
            self._transcript.kept(),
            timings,
        )

    def _elapsed_ms(self) -> float:
        return round((time.monotonic() - self._began) * 1000, 2)

    def _emit(self, event: Event) -> None:
        with self._lock:
            self._emit_raw(event)
