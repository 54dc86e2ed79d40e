"""The candidates as a CSV file, a row each, safe to be opened by a program that takes cells for formulas."""

import csv
import io
from collections.abc import Iterator, Sequence

from gradetape.comparing.candidates import Candidate, Earned
from gradetape.comparing.table import ADVICE
from gradetape.interviews.models import Interview, Task

# What makes a formula of a cell, also in the wide letters that some programs take for the same.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
BEFORE = ["candidate", "sitting", "state", "started", "seconds_used", "minutes_given", "total"]
AFTER = ["submissions", "runs", "rubric", "recommendations"]


def sheet_of(interview: Interview, tasks: Sequence[Task], candidates: Sequence[Candidate]) -> bytes:
    """UTF-8 with the mark by which spreadsheets tell it; numbers with a point, empty where nothing is known."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([safe(name) for name in _columns(tasks)])
    for one in candidates:
        writer.writerow([safe(value) if isinstance(value, str) else value for value in _row(interview, tasks, one)])
    return text.getvalue().encode("utf-8-sig")


def safe(text: str) -> str:
    """The text as a cell that stays text: an apostrophe goes before what would be a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _columns(tasks: Sequence[Task]) -> list[str]:
    by_task = [name for task in tasks for name in (task.challenge.slug, *_part_names(task))]
    return [*BEFORE, *by_task, *AFTER]


def _part_names(task: Task) -> list[str]:
    return [f"{task.challenge.slug}.{part['id']}" for part in _parts(task)]


def _parts(task: Task) -> list[dict[str, str]]:
    return [part for part in task.version.parts if part["points"]] if task.version else []


def _row(interview: Interview, tasks: Sequence[Task], one: Candidate) -> Iterator[object]:
    yield from (one.name, str(one.sitting.pk), one.sitting.state.value)
    # When somebody sat can tell who they are.
    started = one.sitting.started_at
    yield "" if interview.hides_names or started is None else started.isoformat(timespec="seconds")
    yield from (round(one.seconds), one.sitting.length, _percent(one.total))
    for task, earned in zip(tasks, one.earned, strict=True):
        yield from _points(task, earned)
    yield from (one.attempts, one.runs, _percent(one.rubric))
    yield "; ".join(advice.label for advice in sorted(one.advised, key=ADVICE.index, reverse=True))


def _points(task: Task, earned: Earned | None) -> Iterator[object]:
    if earned is None:
        yield from [""] * (1 + len(_parts(task)))
    else:
        yield round(earned.mark.score, 2)
        yield from (round(portion.earned, 2) for portion in earned.portions)


def _percent(number: float | None) -> object:
    return "" if number is None else round(number, 2)
