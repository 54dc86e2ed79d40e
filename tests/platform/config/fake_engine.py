"""An engine that does what the source says, so that the platform around it can be tried without TensorFlow.

A source is a list of orders, one a line: `fail CASE`, `pause SECONDS` (in each case), `print TEXT`, `fault`, `die`,
and `fault once`, `die once` with a word behind it, one for each submission that is to break down once. Anything else
is as good as an answer that passes. A package whose checks.py has a line `# forgives CASE` passes that case whatever
the source says.
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from grader.doctor.examination import Finding
from grader.events import CaseFinished, CaseStarted, Event, Finished, Output, Started, Timings
from grader.exceptions import Cancelled, JudgeError
from grader.model import GradeRequest, GradeResult, Outcome, Verdict
from grader.package import Package

TIMINGS = Timings(jail_ms=1.0, first_case_ms=2.0, total_ms=3.0, cpu_s=0.0)


class FakeHost:
    """Nothing to start. The file `broken-host` in its folder keeps it from starting."""

    def __init__(self, run_dir: Path, cache_dir: Path, runtimes: tuple[str, ...]) -> None:
        self.run_dir = run_dir

    @staticmethod
    def answers(run_dir: Path, runtime: str) -> bool:
        return True

    def start(self) -> None:
        if (self.run_dir / "broken-host").exists():
            raise JudgeError("asked not to start")
        (self.run_dir / "started").touch()

    def stop(self) -> None:
        (self.run_dir / "started").unlink(missing_ok=True)


class FakeDoctor:
    """Finds what the file `findings` in the host's folder says: a mend a line."""

    def __init__(self, engine: Any, runtime: str) -> None:
        self.file = settings.ENGINE_RUN_DIR / "findings"

    def findings(self) -> list[Finding]:
        mends = self.file.read_text().splitlines() if self.file.exists() else []
        return [Finding("asked for", holds=True, seen="fine")] + [
            Finding("a promise", holds=False, seen="a hole", mend=mend) for mend in mends
        ]


class FakeEngine:
    """Passes what it is not told to fail."""

    def __init__(self, run_dir: Path, cache_dir: Path, slot: int = 0) -> None:
        self.run_dir, self.slot = run_dir, slot

    def close(self) -> None:
        """Nothing is held."""

    def warm(self, runtime: str) -> None:
        (self.run_dir / f"warm-{self.slot}").touch()

    def prepare(self, package: Package, seed: int) -> float:
        kept = self.run_dir / f"{package.digest}-{seed}"
        if kept.exists():
            return 0.0
        kept.touch()
        return 1.0

    def reference_run(self, package: Package, seed: int) -> None:
        """There are no jails in which a reference could run."""
        raise JudgeError("no jails here")

    def grade(self, request: GradeRequest, emit: Callable[[Event], None]) -> GradeResult:
        orders = dict(line.partition(" ")[::2] for line in request.source.decode("utf-8", "replace").splitlines())
        emit(Started())
        if request.snippet is not None:
            return self._try(request, emit)
        cases = [
            case
            for case in request.package.cases
            if (case.sample or not request.samples_only) and (request.only is None or case.id in request.only)
        ]
        results = [self._case(case, orders, request, emit) for case in cases]
        score = sum(result.earned for result in results)
        verdict = Verdict.ACCEPTED if all(r.outcome == Outcome.PASSED for r in results) else Verdict.PARTIAL
        passed = sum(result.outcome == Outcome.PASSED for result in results)
        emit(Finished(verdict=verdict, score=score, passed=passed, total=len(results), timings=TIMINGS))
        output = {"stdout": orders.get("print", ""), "stderr": ""}
        return GradeResult(
            request.package.slug, request.package.digest, request.seed, verdict, score, tuple(results), None, None,
            output, TIMINGS,
        )  # fmt: skip

    def _try(self, request: GradeRequest, emit: Callable[[Event], None]) -> GradeResult:
        """A snippet says itself; `pause SECONDS` in it waits, and `raise` ends it badly."""
        said = (request.snippet or b"").decode()
        emit(Output(stream="stdout", text=said, case=None))
        orders = dict(line.partition(" ")[::2] for line in said.splitlines())
        self._wait(float(orders.get("pause", 0)), request)
        verdict = Verdict.RUNTIME_ERROR if "raise" in orders else Verdict.ACCEPTED
        emit(Finished(verdict=verdict, score=0, passed=0, total=0, timings=TIMINGS))
        return GradeResult(
            request.package.slug, request.package.digest, request.seed, verdict, 0, (), None, None,
            {"stdout": said, "stderr": ""}, TIMINGS,
        )  # fmt: skip

    def _case(self, case, orders, request: GradeRequest, emit: Callable[[Event], None]) -> CaseFinished:
        emit(CaseStarted(case=case.id))
        if "print" in orders and case.sample:
            emit(Output(stream="stdout", text=orders["print"], case=case.id))
        self._wait(float(orders.get("pause", 0)), request)
        self._break_down(orders)
        forgiven = f"# forgives {case.id}".encode() in request.package.files.get("checks.py", b"").splitlines()
        failed = orders.get("fail") == case.id and not forgiven
        result = CaseFinished(
            case=case.id, part=case.part, title=case.title, points=case.points, sample=case.sample,
            earned=0 if failed else case.points, outcome=Outcome.FAILED if failed else Outcome.PASSED,
            hint=case.hint if failed else None, seconds=0.1 if case.sample else None,
        )  # fmt: skip
        emit(result)
        return result

    def _wait(self, seconds: float, request: GradeRequest) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if request.cancelled():
                raise Cancelled
            time.sleep(0.05)

    def _break_down(self, orders: dict[str, str]) -> None:
        for order in ("fault", "die"):
            how_often, _, word = orders.get(order, "never").partition(" ")
            done = self.run_dir / f"{order}-{word}"
            if how_often == "never" or (how_often == "once" and done.exists()):
                continue
            done.touch()
            if order == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            raise JudgeError("asked to fail: planted-fault-detail")
