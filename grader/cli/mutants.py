"""`python -m grader mutants`: mistakes proposed from a reference, and which of them no case catches."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader import seeds
from grader.cli.grade import JUDGE_FAILED
from grader.cli.workshop import WrongUsageError, engines, package_of
from grader.engine import Engine
from grader.model import GradeRequest, Verdict
from grader.mutants.proposing import Mutant, propose
from grader.mutants.trying import Fate, fate_of
from grader.package import Package
from grader.spreading import spread

SURVIVED = 1


def run(slug: str, *, most: int, seed: int | None, as_json: bool) -> int:
    """Propose mutants, grade them on one seed, and tell. Returns the exit code. Raises WrongUsageError."""
    package = package_of(slug)
    try:
        mutants = propose(package.reference, most)
    except ValueError as error:
        raise WrongUsageError(f"{slug}: the reference can't be read: {error}") from error
    chosen = seeds.pool(package)[0] if seed is None else seed
    with engines(min(os.cpu_count() or 1, len(mutants) or 1), (package.runtime,)) as slots:
        _check(package, chosen, slots[0])
        fates = list(_watched(package, mutants, chosen, slots, quiet=as_json))
    if as_json:
        sys.stdout.write(_line(package, chosen, fates) + "\n")
    else:
        _print(package, chosen, fates)
    if any(fate.fault for fate in fates):
        return JUDGE_FAILED
    return SURVIVED if any(fate.survives for fate in fates) else 0


def _check(package: Package, seed: int, engine: Engine) -> None:
    """The reference itself has to pass, or catching a mutant would say nothing."""
    result = engine.grade(GradeRequest(package, package.files["reference.py"], seed))
    if result.verdict is not Verdict.ACCEPTED:
        raise WrongUsageError(
            f"{package.slug}: expected the reference to be accepted on seed {seed}, received {result.verdict}; "
            f"see `grade {package.slug}` with the reference"
        )


def _watched(
    package: Package, mutants: Sequence[Mutant], seed: int, slots: Sequence[Engine], *, quiet: bool
) -> Iterator[Fate]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)

    def grade(engine: Engine, mutant: Mutant) -> Fate:
        return fate_of(mutant, package, seed, engine)

    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task(f"{package.slug}: mutants", total=len(mutants))
        for fate in spread(slots, mutants, grade):
            progress.advance(task)
            yield fate


def _line(package: Package, seed: int, fates: Sequence[Fate]) -> str:
    """Everything as one line of JSON; the whole source only of what nothing catches."""
    content: dict[str, Any] = {
        "challenge": package.slug,
        "version": package.digest,
        "seed": seed,
        "tried": len(fates),
        "caught": sum(fate.caught_by is not None for fate in fates),
        "survivors": [fate.mutant.id for fate in fates if fate.survives],
        "mutants": [_facts(fate) for fate in fates],
    }
    return msgspec.json.encode(content).decode()


def _facts(fate: Fate) -> dict[str, Any]:
    facts = {**asdict(fate.mutant), "caught_by": fate.caught_by, "fault": fate.fault}
    return facts if fate.survives else {name: value for name, value in facts.items() if name != "source"}


def _print(package: Package, seed: int, fates: Sequence[Fate]) -> None:
    console = Console(highlight=False)
    caught = sum(fate.caught_by is not None for fate in fates)
    console.print(f"[bold]{package.slug}[/]  {caught} of {len(fates)} mutants are caught  [dim]seed {seed}[/]")
    for fate in fates:
        if fate.caught_by is not None:
            continue
        mutant = fate.mutant
        about = f"line {mutant.line}: {mutant.words}"
        if fate.fault:
            console.print(f"  [magenta]⚑[/] not graded ({escape(fate.fault)}): {escape(about)}", soft_wrap=True)
        else:
            console.print(f"  [red]✗[/] nothing catches this: {escape(about)} [dim]({mutant.id})[/]", soft_wrap=True)
        for sign, text in (("-", mutant.before), ("+", mutant.after)):
            for line in text.splitlines():
                console.print(f"      [dim]{sign} {escape(line)}[/]", soft_wrap=True)
