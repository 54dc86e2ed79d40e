"""Where the keys of a TOML text stand. tomllib gives values without places, so the lines are read a second time here,
in the plain way in which people write them: a table's header, a key, a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]
Place = tuple[int, int]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+|\"[^\"]*\")\s*=")
# Strings of one line and comments, so that brackets in them don't count.
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*$')
_LONG = ('"""', "'''")


class Places:
    """The line and column of each table and key; ("cases", 2, "hint") is the hint of the third case."""

    def __init__(self, text: str) -> None:
        self._places: dict[Path, Place] = {}
        table: Path = ()
        counts: dict[str, int] = {}
        for number, line in _plain_lines(text):
            if header := _HEADER.match(line):
                table = self._table(header, counts)
                self._places.setdefault(table, (number, header.start(1) + 1))
            elif key := _KEY.match(line):
                self._places.setdefault((*table, key.group(1).strip('"')), (number, key.start(1) + 1))

    def of(self, path: Path) -> Place:
        """Where that is written, or else what it belongs to."""
        while path and path not in self._places:
            path = path[:-1]
        return self._places.get(path, (1, 1))

    @staticmethod
    def _table(header: re.Match[str], counts: dict[str, int]) -> Path:
        name = header.group(2)
        if header.group(1) == "[":
            return tuple(name.split("."))
        counts[name] = counts.get(name, -1) + 1
        return (name, counts[name])


def _plain_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that begin a header or a key: those within a long string or a list are left out."""
    depth, long = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if long:
            long = "" if long in line else long
            continue
        if not depth:
            yield number, line
        opened = next((mark for mark in _LONG if line.count(mark) == 1), "")
        if opened:
            long = opened
            continue
        bare = _QUOTED.sub("", line)
        is_header = not depth and _HEADER.match(line)
        depth = 0 if is_header else max(0, depth + bare.count("[") - bare.count("]"))
