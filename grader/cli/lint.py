"""`python -m grader lint`: what is wrong with a challenge's files, found by reading them."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.markup import escape

from grader.cli.workshop import WrongUsageError
from grader.linting.inspection import has_errors, problems_of
from grader.linting.problem import Problem, Severity
from grader.package import files_in, library

WRONG = 1
_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def run(challenge: str, *, as_json: bool) -> int:
    """Print the problems of a challenge of this repository, or of a folder. Returns the exit code.

    Raises WrongUsageError for what is neither.
    """
    folder = library().get(challenge) or Path(challenge)
    if not (folder / "challenge.toml").is_file():
        raise WrongUsageError(
            f"expected one of {', '.join(library())}, or a folder with a challenge.toml, received {challenge!r}"
        )
    problems = problems_of(files_in(folder.resolve()))
    if as_json:
        for problem in problems:
            sys.stdout.write(f"{msgspec.json.encode(problem).decode()}\n")
    else:
        _tell(folder.name, problems)
    return WRONG if has_errors(problems) else 0


def _tell(name: str, problems: list[Problem]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for one in problems:
        style = _STYLES[one.severity]
        console.print(f"{one.file}:{one.line}:{one.column}: [{style}]{one.severity}[/] {escape(one.message)}")
    console.print(f"{escape(name)}: {len(problems)} problems" if problems else f"{escape(name)}: nothing to say")
