"""Results for people: a table that grows while cases land, with colours on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from grader.events import CaseFinished, CaseStarted, Event, Started
from grader.model import GradeResult, Outcome, Verdict

SIGNS = {
    Outcome.PASSED: ("✓", "green"),
    Outcome.FAILED: ("✗", "red"),
    Outcome.ERROR: ("✗", "red"),
    Outcome.CRASHED: ("✗", "red"),
    Outcome.TIME_LIMIT: ("◷", "yellow"),
    Outcome.MEMORY_LIMIT: ("◷", "yellow"),
    Outcome.NOT_RUN: ("·", "dim"),
    Outcome.JUDGE_ERROR: ("⚑", "magenta"),
}


class Watcher:
    """Shows one grading of a file on `cases`, the ids of those that will run, while it goes on."""

    def __init__(self, title: str, cases: Sequence[str], file: Path) -> None:
        self._console = Console(highlight=False)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._progress = Progress(
            *columns, console=self._console, transient=True, disable=not self._console.is_terminal
        )
        self._task: TaskID = self._progress.add_task("starting", total=len(cases))
        self._width = max((len(case) for case in cases), default=1)
        self._console.print(f"[bold]{escape(title)}[/]  {escape(str(file))}")

    def __enter__(self) -> Watcher:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trail: TracebackType | None
    ) -> None:
        self._progress.stop()

    def take(self, event: Event) -> None:
        """Show one event."""
        if isinstance(event, Started):
            self._progress.update(self._task, description="loading the file")
        elif isinstance(event, CaseStarted):
            self._progress.update(self._task, description=f"running {event.case}")
        elif isinstance(event, CaseFinished):
            self._row(event)
            self._progress.advance(self._task)

    def say(self, text: str) -> None:
        """A line of its own, in grey; never broken, since an address in two pieces leads nowhere."""
        self._console.print(f"  [dim]{escape(text)}[/]", soft_wrap=True)

    def waiting(self, text: str) -> None:
        """What is being waited for."""
        self._progress.update(self._task, description=escape(text))

    def summary(self, result: GradeResult) -> None:
        """The verdict, and what the file printed."""
        points = sum(case.points for case in result.cases)
        took = f"{result.timings.total_ms / 1000:.1f} s, {result.timings.cpu_s:.1f} s CPU, seed {result.seed}"
        self.close(result.verdict, result.score, points, said(result.message, result.line), result.output, took)

    def close(
        self, verdict: Verdict, score: float, points: float, message: str, output: Mapping[str, str], took: str
    ) -> None:
        """The last lines: what went wrong before any case, what the file printed, the verdict."""
        if message:
            self._console.print(f"  {escape(message)}")
        for name, text in output.items():
            self._console.print(f"[dim]{name}:[/]\n{escape(text.rstrip())}")
        colour = "green" if verdict is Verdict.ACCEPTED else "yellow" if score else "red"
        self._console.print(f"[bold {colour}]{verdict}[/]  {score:g} of {points:g} points  [dim]{took}[/]\n")

    def _row(self, case: CaseFinished) -> None:
        sign, colour = SIGNS[case.outcome]
        time = f"{case.seconds * 1000:.0f} ms" if case.seconds is not None else ""
        kind = "sample" if case.sample else ""
        self._console.print(
            f"  [{colour}]{sign}[/] {case.case:<{self._width}}  {case.earned:>4g}/{case.points:<4g} "
            f"[{colour}]{case.outcome:<12}[/] [dim]{kind:<6} {time}[/]"
        )
        indent = " " * 6
        if case.message:
            self._console.print(f"{indent}{escape(said(case.message, case.line))}")
        if case.difference:
            self._difference(case, indent)
        if case.hint:
            self._console.print(f"{indent}[dim]hint:[/] {escape(case.hint)}")

    def _difference(self, case: CaseFinished, indent: str) -> None:
        assert case.difference
        for name in ("want", "got"):
            side = case.difference[name]
            shape = f" {tuple(side['shape'])}" if side["shape"] is not None else ""
            text = escape(side["text"]).replace("\n", f"\n{indent}       ")
            self._console.print(f"{indent}[dim]{name:>4}{shape} {side['dtype']}[/]\n{indent}       {text}")


def said(message: str | None, line: int | None) -> str:
    """A message with the line that it is about."""
    return f"{message} (line {line})" if message and line else message or ""
