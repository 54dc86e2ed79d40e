"""`python -m grader doctor`: a row for each promise of the jail."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from grader.cli.workshop import engines
from grader.doctor.examination import Examination
from grader.exceptions import JudgeError

ILL = 1


def run() -> int:
    """Try every promise on this host. Returns the exit code."""
    console = Console(highlight=False)
    broken = 0
    try:
        with engines(1, ("keras3",)) as (engine,):
            for finding in Examination(engine).findings():
                sign = "[green]✓[/]" if finding.holds else "[red]✗[/]"
                console.print(f"{sign} {finding.promise:<58} [dim]{escape(finding.seen)}[/]")
                if not finding.holds:
                    broken += 1
                    console.print(f"    [yellow]mend:[/] {escape(finding.mend)}")
    except JudgeError as error:
        console.print(f"[red]✗[/] the engine does not start: {escape(str(error))}")
        broken += 1
    console.print("[green]every promise holds[/]" if not broken else f"[red]{broken} promises do not hold[/]")
    return ILL if broken else 0
