"""A problem: where it is, how bad it is, and what to do."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """An error keeps the package from being graded or fair; a warning is worth a look."""

    ERROR = "error"
    WARNING = "warning"


class Problem(msgspec.Struct, frozen=True, order=True):
    """`line` and `column` count from 1; those of a missing file are 1."""

    file: str
    line: int
    column: int
    severity: Severity
    message: str


def error(file: str, message: str, line: int = 1, column: int = 1) -> Problem:
    """Something that has to change."""
    return Problem(file, max(line, 1), max(column, 1), Severity.ERROR, message)


def warning(file: str, message: str, line: int = 1, column: int = 1) -> Problem:
    """Something that is worth a look."""
    return Problem(file, max(line, 1), max(column, 1), Severity.WARNING, message)
