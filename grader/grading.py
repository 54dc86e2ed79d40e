"""One submission while it is graded: the file, the stages, the events, the verdict.

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
from typing import TYPE_CHECKING

import msgspec

from grader import scratch
from grader.events import CaseFinished, CaseStarted, Event, Finished, Output, Progress, Started, Stream, Timings
from grader.exceptions import JudgeError
from grader.jail.process import Allowance, Cause
from grader.libraries import surroundings
from grader.manifest import Case
from grader.model import GradeRequest, GradeResult, Outcome, Verdict
from grader.protocol import Load
from grader.referee import Referee
from grader.scoring import score_of, verdict_of
from grader.source import Refusal, refuse
from grader.stages.check import CheckStage
from grader.stages.reference import load_message
from grader.stages.replay import ReplayStage
from grader.stages.solve import Listener, LoadFailed, Observation, SolveStage
from grader.telling import line_of
from grader.transcript import Transcript

if TYPE_CHECKING:
    from grader.engine import Engine

log = logging.getLogger(__name__)
_BEFORE = {Outcome.TIME_LIMIT: Verdict.TIME_LIMIT, Outcome.MEMORY_LIMIT: Verdict.MEMORY_LIMIT}


def _asked_for(case: Case, request: GradeRequest) -> bool:
    return (case.sample or not request.samples_only) and (request.only is None or case.id in request.only)


class Grading:
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
            return self._grade() if self._request.snippet is None else self._try_snippet(self._request.snippet)
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
            load = load_message(self._package, self._request.source, prepared.solve, self._request.seed)
            unloaded = self._solve(self._stage(load), referee)
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

    def _try_snippet(self, snippet: bytes) -> GradeResult:
        """Run a snippet beside the file: no cases, no checks, nothing but what it prints and how it ends."""
        self._cases = []
        stage = self._stage(scratch.load_message(self._request.source, snippet, self._request.seed))
        try:
            stage.open()
            seen = stage.observe(scratch.PROBE, fresh=False, seconds=self._package.limits.case_seconds)
        except LoadFailed as failed:
            return self._load_failed(failed.observation)
        finally:
            stage.close()
            self._cpu_s += stage.cpu_s
        lines = self._request.source.count(b"\n") + 1
        refusal = Refusal(scratch.ending(seen), line_of(seen.trouble, lines)) if seen.outcome else None
        return self._finish([], refusal=refusal, before=scratch.verdict(seen))

    def _stage(self, load: Load) -> SolveStage:
        limits = self._package.limits
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
            surroundings(self._package.runtime),
        )

    def _elapsed_ms(self) -> float:
        return round((time.monotonic() - self._began) * 1000, 2)

    def _emit(self, event: Event) -> None:
        with self._lock:
            self._emit_raw(event)
