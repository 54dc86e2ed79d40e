"""Reading a pasted list of people: a line each, `Name <mail>` or the mail alone."""

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

LINE = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>|(?P<alone>[^<>]*)")
MOST_LINES = 200
LONGEST_NAME = 80


class Person(NamedTuple):
    """Somebody to be invited, and the line that says so. The name may be empty."""

    line: int
    text: str
    name: str
    email: str


class BadLine(NamedTuple):
    """A line that can't be used, and why. Lines are counted from 1."""

    line: int
    text: str
    why: str


def read(text: str) -> tuple[list[Person], list[BadLine]]:
    """The people in the text, and the lines that name nobody; empty lines are neither."""
    people: list[Person] = []
    bad: list[BadLine] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        written = line.strip().rstrip(",;").strip()
        if not written:
            continue
        found = _read_line(number, written)
        if isinstance(found, Person) and found.email in seen:
            found = BadLine(number, written, f"the same address as in line {seen[found.email]}")
        elif isinstance(found, Person) and len(people) == MOST_LINES:
            found = BadLine(number, written, f"more than {MOST_LINES} people at once")
        if isinstance(found, BadLine):
            bad.append(found)
        else:
            seen[found.email] = number
            people.append(found)
    return people, bad


def _read_line(number: int, text: str) -> Person | BadLine:
    match = LINE.fullmatch(text)
    if match is None:
        return BadLine(number, text, "expected one address, like Name <name@example.org>")
    email = (match["email"] if match["email"] is not None else match["alone"]).strip().lower()
    name = " ".join((match["name"] or "").replace('"', " ").split())
    try:
        validate_email(email)
    except ValidationError:
        return BadLine(number, text, f"{email or 'nothing'} is no e-mail address")
    if len(name) > LONGEST_NAME:
        return BadLine(number, text, f"the name is longer than {LONGEST_NAME} characters")
    return Person(number, text, name, email)
