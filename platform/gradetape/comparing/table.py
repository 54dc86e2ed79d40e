"""The table: a row for each candidate, a column for whatever they are compared by, sorted as the address says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from gradetape.comparing.candidates import Candidate
from gradetape.interviews.models import Task
from gradetape.reviews.models import Recommendation

USUAL = "-total"
ADVICE = list(Recommendation)
# What a cell is sorted by; None goes last in either direction.
Order = float | str | None


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: a number or words, drawn as a bar where it is a share, and where it leads."""

    text: str
    order: Order
    share: float | None = None
    url: str = ""
    note: str = ""

    @property
    def percent(self) -> float:
        """The length of the bar."""
        return round(100 * (self.share or 0), 1)


@dataclass(frozen=True)
class Column:
    """What candidates can be sorted by. `task`: whose results it shows; `key` stands in the address."""

    key: str
    title: str
    cell: Callable[[Candidate], Cell]
    task: Task | None = None
    starts_high: bool = True


@dataclass(frozen=True)
class Heading:
    """A column's head: where a click on it leads, and how the table is sorted by it now."""

    column: Column
    url: str
    sorted: str


@dataclass(frozen=True)
class Group:
    """A task over its columns."""

    task: Task
    headings: Sequence[Heading]


@dataclass(frozen=True)
class Row:
    """A candidate's cells in the order of the columns."""

    candidate: Candidate
    cells: Sequence[Cell]


def columns_of(tasks: Sequence[Task]) -> list[Column]:
    """Together first, then each task with its parts, then how the time was used and what reviewers say."""
    return [
        Column("total", "Together", _together),
        *(column for place, task in enumerate(tasks) for column in _of_task(place, task)),
        Column("time", "Time", _time, starts_high=False),
        Column("attempts", "Submissions", lambda one: _count(one.attempts), starts_high=False),
        Column("runs", "Runs", lambda one: _count(one.runs), starts_high=False),
        Column("rubric", "Rubric", _rubric),
        Column("advice", "Recommendations", _advice),
    ]


def name_column() -> Column:
    """What stands at the beginning of each row and is no cell of it."""
    return Column("name", "Candidate", lambda one: Cell(one.name, one.name), starts_high=False)


def _of_task(place: int, task: Task) -> list[Column]:
    """A task with one part is that part."""
    slug = task.challenge.slug
    parts = [part for part in task.version.parts if part["points"]] if task.version else []
    whole = Column(slug, "All", partial(_score, place), task)
    return [whole] + [
        Column(f"{slug}.{part['id']}", part["title"], partial(_part, place, nth), task)
        for nth, part in enumerate(parts if len(parts) > 1 else [])
    ]


def rows_of(candidates: Sequence[Candidate], columns: Sequence[Column], sort: str) -> list[Row]:
    """The rows, sorted; an unknown order is the usual one. Of equals the first by name comes first."""
    rows = [Row(one, [column.cell(one) for column in columns]) for one in candidates]
    key = sort.removeprefix("-")
    place = next((at for at, column in enumerate(columns) if column.key == key), None)
    if place is None:
        return rows[::-1] if sort == "-name" else rows
    known = [row for row in rows if row.cells[place].order is not None]
    known.sort(key=lambda row: row.cells[place].order or 0, reverse=sort.startswith("-"))
    return known + [row for row in rows if row.cells[place].order is None]


def sorted_by(asked: str, columns: Sequence[Column]) -> str:
    """What the table is sorted by: what the address asks for, if there is such a column."""
    known = {"name", *(column.key for column in columns)}
    return asked if asked.removeprefix("-") in known else USUAL


def heading(column: Column, sort: str, show: str) -> Heading:
    """Each click turns the order; the first one puts first what one looks for."""
    first, other = (f"-{column.key}", column.key) if column.starts_high else (column.key, f"-{column.key}")
    words = {f"-{column.key}": "descending", column.key: "ascending"}
    asked = {"sort": other if sort == first else first} | ({"show": show} if show else {})
    return Heading(column, f"?{urlencode(asked)}", words.get(sort, ""))


def groups_of(headings: Sequence[Heading], tasks: Sequence[Task]) -> list[Group]:
    """The heads of the columns that show a task's results, by task."""
    return [Group(task, [one for one in headings if one.column.task == task]) for task in tasks]


def _number(percent: float) -> str:
    return f"{round(percent, 1):g}"


def _together(one: Candidate) -> Cell:
    if one.total is None:
        return Cell("–", None)
    note = f"{one.open} still being graded" if one.open else ""
    return Cell(_number(one.total), one.total, one.total / 100, note=note)


def _score(place: int, one: Candidate) -> Cell:
    earned = one.earned[place]
    if earned is None:
        return Cell("–", None)
    note = f"changed, was {_number(earned.mark.was)}" if earned.mark.was is not None else ""
    return Cell(_number(earned.mark.score), earned.mark.score, earned.share, one.moment_url(earned), note)


def _part(place: int, nth: int, one: Candidate) -> Cell:
    earned = one.earned[place]
    if earned is None:
        return Cell("–", None)
    portion = earned.portions[nth]
    text = f"{_number(portion.earned)}/{_number(portion.points)}"
    return Cell(text, portion.share, portion.share, one.moment_url(earned))


def _time(one: Candidate) -> Cell:
    minutes, seconds = divmod(int(one.seconds), 60)
    note = "" if one.sitting.finished_at else "still sitting"
    return Cell(f"{minutes}:{seconds:02d}", one.seconds, note=note)


def _count(number: int) -> Cell:
    return Cell(str(number), number)


def _rubric(one: Candidate) -> Cell:
    return Cell("–", None) if one.rubric is None else Cell(_number(one.rubric), one.rubric, one.rubric / 100)


def _advice(one: Candidate) -> Cell:
    given = one.advised
    if not given:
        return Cell("–", None)
    words = [f"{given.count(advice)} × {advice.label}" for advice in reversed(ADVICE) if advice in given]
    return Cell(", ".join(words), sum(map(ADVICE.index, given)) / len(given))
