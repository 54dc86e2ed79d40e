"""`python -m grader validate`: the proof that challenges are sound, with progress."""

from __future__ import annotations

import os
import sys
from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader.cli.workshop import engines, package_of
from grader.engine import Engine
from grader.package import Package, library
from grader.validation import WRONG, Report, Trial, trials, validate

UNSOUND = 1


def run(slugs: list[str], *, as_json: bool, quick: bool) -> int:
    """Validate the challenges one after the other, each on all cores. Returns the exit code. Raises WrongUsageError."""
    packages = [package_of(slug) for slug in slugs or library()]
    runtimes = tuple(sorted({package.runtime for package in packages}))
    sound = True
    with engines(os.cpu_count() or 1, runtimes) as slots:
        for package in packages:
            report = _watched(package, slots, quick=quick, shown=not as_json)
            sound &= report.sound
            if as_json:
                sys.stdout.write(msgspec.json.encode(summary(report)).decode() + "\n")
                sys.stdout.flush()
            else:
                _print(report)
    return 0 if sound else UNSOUND


def summary(report: Report) -> dict[str, Any]:
    """A report as plain data."""
    package = report.package
    return {
        "challenge": package.slug,
        "version": package.digest,
        "sound": report.sound,
        "problems": report.problems,
        "cases": len(package.cases),
        "points": sum(case.points for case in package.cases),
        "kill_score": round(report.kill_score, 4),
        "cpu_s": round(max(report.reference_cpu, default=0.0), 2),
        "solutions": [
            {
                "kind": solution.kind,
                "name": solution.name,
                "score": min(solution.scores),
                "seeds": len(solution.scores),
                "missed": sorted(solution.missed),
                "failed": sorted(
                    case for case, seen in solution.outcomes.items() if {str(o) for o in seen} != {"passed"}
                ),
            }
            for solution in report.solutions.values()
        ],
    }


def _watched(package: Package, slots: list[Engine], *, quick: bool, shown: bool) -> Report:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not (shown and console.is_terminal)) as progress:
        try:
            total = len(trials(package, quick=quick))
        except ValueError:
            total = 0
        task = progress.add_task(package.slug, total=total)

        def tell(trial: Trial) -> None:
            progress.update(task, advance=1, description=f"{package.slug}: {trial.kind}/{trial.name}")

        return validate(package, slots, quick=quick, progress=tell)


def _print(report: Report) -> None:
    console = Console(highlight=False)
    package = report.package
    sign = "[green]✓ sound[/]" if report.sound else "[red]✗ not sound[/]"
    wrong = sum(solution.kind in WRONG for solution in report.solutions.values())
    cpu = max(report.reference_cpu, default=0.0)
    console.print(
        f"{sign} [bold]{package.slug}[/]  {len(package.cases)} cases, {wrong} wrong solutions, kill score "
        f"{report.kill_score:.0%}, reference {cpu:.1f} s CPU  [dim]{package.digest[:12]}[/]"
    )
    for problem in report.problems:
        console.print(f"  [red]✗[/] {escape(problem)}")
