"""From what was seen to what it is worth: the results of the cases, in order, while later cases still run.

What is told of a hidden case is decided here: its hint and the kind of what is wrong, without numbers, inputs, output
or timings.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

import msgspec

from grader.events import CaseFinished
from grader.exceptions import JudgeError
from grader.manifest import Case
from grader.model import Outcome
from grader.package import Package
from grader.protocol import Compared, Prepared, Side
from grader.stages.check import CheckStage
from grader.stages.reference import ReferenceRun
from grader.stages.replay import ReplayStage
from grader.stages.solve import Observation
from grader.telling import line_of, told
from grader.watching import WATCH_REMOVED

log = logging.getLogger(__name__)


class Referee:
    """Decides cases in a thread of its own, which also owns the check jail."""

    def __init__(
        self,
        package: Package,
        lines: int,
        reference: ReferenceRun,
        checks: CheckStage,
        replays: ReplayStage,
        done: Callable[[CaseFinished], None],
    ) -> None:
        self._package, self._lines = package, lines
        self._reference, self._checks, self._replays, self._done = reference, checks, replays, done
        self._replayed: dict[str, Observation] = {}
        self._todo: queue.SimpleQueue[tuple[Case, Observation] | None] = queue.SimpleQueue()
        self._results: list[CaseFinished] = []
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="referee")
        self._thread.start()

    def take(self, case: Case, seen: Observation) -> None:
        """Hand over one case; its result comes through `done`."""
        self._todo.put((case, seen))

    def finish(self) -> list[CaseFinished]:
        """Wait for all results. Raises what `done` raised."""
        self.stop()
        if self._failure:
            raise self._failure
        return self._results

    def stop(self) -> None:
        """End the thread and its jail; calling it again does nothing."""
        if self._thread.is_alive():
            self._todo.put(None)
            self._thread.join()

    def _work(self) -> None:
        try:
            self._open_early()
            while (item := self._todo.get()) is not None:
                result = self._decide(*item)
                self._results.append(result)
                self._done(result)
        except BaseException as error:  # noqa: BLE001 - carried over to the thread that waits in finish()
            self._failure = error
        finally:
            self._checks.close()

    def _open_early(self) -> None:
        """The check jail starts beside the candidate's. If it can't, the first case will say so."""
        try:
            self._checks.open()
        except JudgeError:
            log.warning("the check jail did not open at once; it is tried again for the first case")

    def _decide(self, case: Case, seen: Observation) -> CaseFinished:
        try:
            wanted = self._reference.wanted[case.probe_name].result()
            prepared = self._reference.prepared.result()
            seen = self._replay(case, seen, prepared)
            if seen.outcome is not None:
                message = told(case, seen.outcome, seen.trouble, self._package.contract)
                return _result(case, seen.outcome, seen, message=message, line=line_of(seen.trouble, self._lines))
            known = {
                *self._package.manifest.forbidden.calls,
                WATCH_REMOVED,
            }  # names that the process made up are not repeated
            forbidden = sorted(set(seen.ran) & known - set(wanted.ran)) if case.watch else []
            if forbidden:
                return _result(case, Outcome.FAILED, seen, message=not_allowed(forbidden), forbidden=True)
            got, want = Side(seen.body, seen.replayed), Side(wanted.body, wanted.replayed)
            compared = self._checks.compare(case, got, want, prepared.secret)
        except JudgeError:
            log.exception("case %s could not be decided", case.id)
            return _result(case, Outcome.JUDGE_ERROR, seen, message="The platform failed here, not your code.")
        return _compared(case, seen, compared)

    def _replay(self, case: Case, seen: Observation, prepared: Prepared) -> Observation:
        """With what the replay half made of it, where there is one; several cases may read one replay."""
        if not case.replay or seen.outcome is not None:
            return seen
        if case.probe_name not in self._replayed:
            seconds = case.seconds or self._package.limits.case_seconds
            self._replayed[case.probe_name] = self._replays.observe(case.probe_name, seen, prepared, seconds=seconds)
        return self._replayed[case.probe_name]


def not_allowed(ran: list[str]) -> str:
    """What is told of forbidden calls that ran, and of code that had a hand in how they are seen."""
    calls = [name for name in ran if name != WATCH_REMOVED]
    said = [f"Not allowed here, and it ran: {', '.join(calls)}."] if calls else []
    if WATCH_REMOVED in ran:
        said.append("Your code interfered with how forbidden calls are observed, so this case earns nothing.")
    return " ".join(said)


def _compared(case: Case, seen: Observation, compared: Compared) -> CaseFinished:
    if compared.share >= 1.0:
        return _result(case, Outcome.PASSED, seen, share=1.0)
    difference: dict[str, Any] | None = (
        msgspec.json.decode(compared.difference) if compared.difference and case.sample else None
    )
    message = compared.message if case.sample and compared.message else compared.public
    return _result(case, Outcome.FAILED, seen, share=compared.share, message=message, difference=difference)


def _result(
    case: Case,
    outcome: Outcome,
    seen: Observation,
    *,
    share: float = 0.0,
    message: str | None = None,
    line: int | None = None,
    difference: dict[str, Any] | None = None,
    forbidden: bool = False,
) -> CaseFinished:
    passed = outcome is Outcome.PASSED
    return CaseFinished(
        case=case.id,
        part=case.part,
        title=case.title,
        points=case.points,
        earned=round(case.points * share, 2),
        outcome=outcome,
        sample=case.sample,
        seconds=round(seen.seconds, 4),
        hint=None if passed else case.hint,
        message=None if passed else message,
        line=line,
        difference=difference,
        forbidden=forbidden,
    )
