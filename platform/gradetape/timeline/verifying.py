"""Whether what was sent is what was typed: the entries are replayed, and the texts compared by their digests."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from gradetape.interviews.models import Sitting
from gradetape.submissions.text import encoded
from gradetape.timeline.changes import BadChanges, Text
from gradetape.timeline.models import Entry, Happening


class Match(StrEnum):
    """How a sent source compares with the text that follows from the entries."""

    EXACT = "exact"
    DIFFERS = "differs"
    # There is no such text: nothing was recorded, what came before is missing, or an edit does not fit its text.
    UNKNOWN = "unknown"


class _Row(NamedTuple):
    """What of an entry is needed here; rows of a sitting may be many."""

    kind: str
    task_id: int | None
    page: str
    sequence: int | None
    data: dict[str, Any]


def matches_of(sitting: Sitting) -> dict[UUID, Match]:
    """For each submission with a `sent` entry, by its id. Two queries; each edit is applied once.

    A submission is compared with the text of the page that it names after the entry that it names, whatever was
    written down first; one that was handed in at the end with the text that was typed at last in its task.
    """
    rows = Entry.objects.filter(sitting=sitting).order_by("number")
    sent = rows.filter(kind=Happening.SENT).values_list("data", flat=True)
    found = {UUID(data["submission"]): Match.UNKNOWN for data in sent}
    if found:
        fields = rows.values_list(*_Row._fields)
        _replay(map(_Row._make, fields.iterator(chunk_size=2000)), _by_place(sent), found)
    return found


def _by_place(sent: Iterable[dict[str, Any]]) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """The sent ones that name their page, under the entry that they name."""
    places: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for data in sent:
        if data.get("page"):
            places[data["page"], data["sequence"]].append(data)
    return places


def _replay(
    rows: Iterable[_Row], places: dict[tuple[str, int], list[dict[str, Any]]], found: dict[UUID, Match]
) -> None:
    """Go through the entries once, and put down what is found. A page's entries come in the order of their sequence."""
    texts: dict[str, Text | None] = {}
    lasts: dict[int | None, str] = {}
    for row in rows:
        if row.kind == Happening.SENT:
            if row.data.get("handed_in"):
                _compare(row.data, texts.get(lasts.get(row.task_id, "")), found)
            continue
        _follow(row, texts)
        if row.kind in {Happening.OPENED, Happening.EDIT}:
            lasts[row.task_id] = row.page
        for data in places.get((row.page, row.sequence or 0), ()):
            _compare(data, texts.get(row.page), found)


def _follow(row: _Row, texts: dict[str, Text | None]) -> None:
    """The page's text after an entry; None from where on there is none."""
    if row.kind == Happening.OPENED:
        texts[row.page] = Text(row.data["text"])
    elif row.kind == Happening.EDIT and (text := texts.get(row.page)) is not None:
        try:
            text.apply(row.data["changes"])
        except BadChanges:
            texts[row.page] = None


def _compare(data: dict[str, Any], text: Text | None, found: dict[UUID, Match]) -> None:
    if text is not None:
        same = hashlib.sha256(encoded(str(text))).hexdigest() == data["sha256"]
        found[UUID(data["submission"])] = Match.EXACT if same else Match.DIFFERS
