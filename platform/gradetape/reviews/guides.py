"""A challenge's review.md: the table that is its rubric, and everything else as safe HTML."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from gradetape.catalog.packages import package_of
from gradetape.catalog.statements import render
from gradetape.reviews.rubrics import LEVELS, Criterion

HEAD = tuple(str(level) for level in range(LEVELS))
_SHORT = MarkdownIt("zero").enable(["backticks", "emphasis", "escape"])


@dataclass(frozen=True)
class Guide:
    """What the author tells interviewers. `criteria` are empty where no table has the columns criterion, 0 to 4."""

    criteria: tuple[Criterion, ...]
    html: str


@lru_cache(maxsize=64)
def guide_of(digest: str) -> Guide:
    """The guide of a published version. A version never changes, so neither does the answer."""
    return read(package_of(digest).review)


def read(text: str) -> Guide:
    """The guide in a review.md; the rubric's table is taken out of the text."""
    found = next(_tables(text), None)
    if found is None:
        return Guide((), render(text))
    rows, (begin, end) = found
    criteria = tuple(
        Criterion(f"c{number}", cells[0], tuple(cells[1:])) for number, cells in enumerate(rows[1:], start=1)
    )
    lines = text.splitlines()
    return Guide(criteria, render("\n".join([*lines[:begin], "", *lines[end:]])))


def short_html(text: str) -> str:
    """A cell of a rubric: code and emphasis, and all else as it is written."""
    return str(_SHORT.renderInline(text))


def _tables(text: str) -> Iterator[tuple[list[list[str]], tuple[int, int]]]:
    """Each table with the columns of a rubric: its rows, the head included, and the lines where it stands."""
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(text.splitlines()))
    for at, token in enumerate(tokens):
        if token.type != "table_open" or token.map is None:
            continue
        rows = list(_rows(tokens[at:]))
        if len(rows) > 1 and tuple(rows[0][1:]) == HEAD:
            yield rows, (token.map[0], token.map[1])


def _rows(tokens: Sequence[Token]) -> Iterator[list[str]]:
    row: list[str] = []
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(re.sub(r"\s+", " ", token.content).strip())
        elif token.type == "tr_close":
            yield row
        elif token.type == "table_close":
            return
