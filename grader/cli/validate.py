"""`python -m grader validate`: the proof that challenges are sound, with progress, on all cores."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader.cli.workshop import cache_folder, engines, package_of
from grader.engine import Engine
from grader.package import Package, library
from grader.validation import overview
from grader.validation.plan import WRONG, Trial, trials
from grader.validation.records import Kept, record_of, write
from grader.validation.trying import validate

UNSOUND = 1


@dataclass(frozen=True)
class Wish:
    """What the command was asked for. `again` validates what is kept, `record` writes the records to be committed."""

    as_json: bool = False
    quick: bool = False
    again: bool = False
    record: bool = False


def run(slugs: list[str], wish: Wish) -> int:
    """Validate the challenges one after the other. Returns the exit code. Raises WrongUsageError."""
    packages = [package_of(slug) for slug in slugs or library()]
    kept = Kept(cache_folder())
    known = {} if wish.quick or wish.again else {package.slug: kept.get(package) for package in packages}
    todo = [package for package in packages if not known.get(package.slug)]
    with _slots(todo) as slots:
        sound = [_one(package, known.get(package.slug), slots, kept, wish) for package in packages]
    if wish.record:
        overview.write()
    return 0 if all(sound) else UNSOUND


def _slots(packages: list[Package]) -> Any:
    """An engine for each core; none are started where everything is kept."""
    return engines(os.cpu_count() or 1 if packages else 0, tuple(sorted({package.runtime for package in packages})))


def _one(package: Package, summary: dict[str, Any] | None, slots: list[Engine], kept: Kept, wish: Wish) -> bool:
    before = summary is not None
    if summary is None:
        summary = _watched(package, slots, quick=wish.quick)
        if summary["sound"] and not wish.quick:
            kept.put(package, summary)
    if wish.record and summary["sound"] and not wish.quick:
        write(record_of(package, summary))
    if wish.as_json:
        sys.stdout.write(msgspec.json.encode(summary).decode() + "\n")
        sys.stdout.flush()
    else:
        _print(summary, before=before)
    return bool(summary["sound"])


def _watched(package: Package, slots: list[Engine], *, quick: bool) -> dict[str, Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        try:
            total = len(trials(package, quick=quick))
        except ValueError:
            total = 0
        task = progress.add_task(package.slug, total=total)

        def tell(trial: Trial) -> None:
            progress.update(task, advance=1, description=f"{package.slug}: {trial.kind}/{trial.name}")

        return validate(package, slots, quick=quick, progress=tell).summary()


def _print(summary: dict[str, Any], *, before: bool) -> None:
    console = Console(highlight=False)
    sign = "[green]✓ sound[/]" if summary["sound"] else "[red]✗ not sound[/]"
    wrong = sum(solution["kind"] in WRONG for solution in summary["solutions"])
    console.print(
        f"{sign} [bold]{summary['challenge']}[/]  {summary['cases']} cases, {wrong} wrong solutions, kill score "
        f"{summary['kill_score']:.0%}, reference {summary['cpu_s']:.1f} s CPU  [dim]{summary['version'][:12]}"
        f"{', unchanged' if before else ''}[/]"
    )
    for problem in summary["problems"]:
        console.print(f"  [red]✗[/] {escape(problem)}")
