"""A rubric as a form: as many criteria as there are, and some to spare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradetape.reviews.rubrics import LEVELS, Criterion

MOST_CRITERIA = 20
HEAVIEST = 100
LONGEST_TITLE = 200
LONGEST_LEVEL = 500


@dataclass
class RubricRow:
    """One row as it is typed. `id` is empty for a new criterion, `trouble` says what is wrong with it."""

    id: str
    title: str
    levels: Sequence[str]
    weight: str
    trouble: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.title and not any(self.levels)


@dataclass
class RubricForm:
    """The rows in their order, and the edition they were typed on."""

    based_on: int
    rows: list[RubricRow] = field(default_factory=list)

    @classmethod
    def of(cls, edition: int, criteria: Sequence[Criterion]) -> "RubricForm":
        rows = [RubricRow(one.id, one.title, one.levels, str(one.weight)) for one in criteria]
        return cls(edition, rows)

    @classmethod
    def sent(cls, data: Mapping[str, Any]) -> "RubricForm":
        """From a request's POST: fields are named by their row, whose order is that of `position`."""
        count = min(_number(data.get("rows", ""), 0), MOST_CRITERIA * 2)
        rows = [(_number(data.get(f"{n}-position", ""), n), n) for n in range(count) if f"{n}-remove" not in data]
        form = cls(_number(data.get("edition", ""), 0))
        for _, n in sorted(rows):
            levels = [str(data.get(f"{n}-{level}", "")).strip() for level in range(LEVELS)]
            title, weight = str(data.get(f"{n}-title", "")).strip(), str(data.get(f"{n}-weight", "")).strip()
            row = RubricRow(str(data.get(f"{n}-id", "")), title, levels, weight)
            if not row.is_empty or row.id:
                form.rows.append(row)
        return form

    def criteria(self) -> list[Criterion] | None:
        """What was asked for; None where a row says what is wrong with it."""
        for row in self.rows:
            row.trouble = _trouble(row)
        if len(self.rows) > MOST_CRITERIA:
            self.rows[-1].trouble = f"A rubric has up to {MOST_CRITERIA} criteria."
        if any(row.trouble for row in self.rows):
            return None
        return [Criterion(row.id, row.title, tuple(row.levels), int(row.weight)) for row in self.rows]

    def with_spare(self, spare: int = 1) -> list[RubricRow]:
        """The rows to be shown."""
        return [*self.rows, *(RubricRow("", "", [""] * LEVELS, "1") for _ in range(spare))]


def _trouble(row: RubricRow) -> str:
    if not row.title or len(row.title) > LONGEST_TITLE:
        return f"A criterion needs a title of up to {LONGEST_TITLE} characters."
    if any(not level or len(level) > LONGEST_LEVEL for level in row.levels):
        return f"Say what each of the levels 0 to 4 means, in up to {LONGEST_LEVEL} characters."
    if not 0 <= _number(row.weight, -1) <= HEAVIEST:
        return f"A weight is a whole number from 0 to {HEAVIEST}."
    return ""


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else otherwise
