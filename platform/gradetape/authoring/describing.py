"""challenge.toml as a form and back: what the form does not show, comments and order stay as they are written."""

import tomllib
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, InlineTable, Table

from gradetape.authoring.exceptions import AuthoringError

LIMITS = ("cpu_seconds", "memory_mb", "case_seconds")
PLAIN = ("title", "summary", "kind", "difficulty", "topics", "runtime", "minutes", "source")
# The tables that come many times, and the keys of each that the form shows.
ROWS = {
    "contract": ("name", "kind", "signature"),
    "parts": ("id", "title"),
    "cases": ("id", "part", "points", "sample", "title", "hint"),
}


class NotReadable(AuthoringError):
    """challenge.toml can't be read as TOML. Mend it in the editor first: the line is marked there."""

    code = "not_toml"


def read(text: str) -> dict[str, Any]:
    """What the form shows of a text: `plain`, `limits`, `calls`, and a list for each of ROWS. Raises NotReadable.

    A row says its place in the text as `at`.
    """
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise NotReadable from error
    shown: dict[str, Any] = {
        "plain": {key: values[key] for key in PLAIN if key in values},
        "limits": _table(values.get("limits")),
        "calls": _table(values.get("forbidden")).get("calls", []),
    }
    for name, keys in ROWS.items():
        rows = values.get(name)
        shown[name] = [
            {"at": at} | {key: row[key] for key in keys if key in row}
            for at, row in enumerate(rows if isinstance(rows, list) else [])
            if isinstance(row, dict)
        ]
    return shown


def written(text: str, shown: dict[str, Any]) -> str:
    """The text with what the form says, in the shape of `read`. Rows without `at` are new; those left out are gone.

    Raises NotReadable.
    """
    try:
        document = tomlkit.parse(text)
    except (TOMLKitError, RecursionError) as error:
        raise NotReadable from error
    for key in PLAIN:
        _set(document, key, shown["plain"].get(key))
    _set_within(document, "limits", {key: shown["limits"].get(key) for key in LIMITS})
    _set_within(document, "forbidden", {"calls": shown["calls"] or None})
    for name, keys in ROWS.items():
        _set_rows(document, name, keys, shown[name])
    return document.as_string()


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _set(table: Any, key: str, value: object) -> None:
    """One key. What has not changed is not touched, so that it keeps its way of being written."""
    if value in (None, ""):
        if key in table and key not in ("title", "summary", "hint"):
            table.remove(key)
        elif key in table and table[key] != "":
            table[key] = ""
    elif key not in table:
        _insert(table, key, value)
    elif table[key] != value or isinstance(table[key], bool) != isinstance(value, bool):
        table[key] = value


def _insert(table: Any, key: str, value: object) -> None:
    """A new key. In the document itself it has to come before the first table, or it would belong to that."""
    if not isinstance(table, tomlkit.TOMLDocument):
        table.add(key, value)
        return
    last = next(
        (known for known in reversed(PLAIN) if known in table and not isinstance(table[known], Table | AoT)), None
    )
    rest = list(table.body)
    if last is None and rest:
        table._insert_at(0, key, tomlkit.item(value))  # noqa: SLF001  # tomlkit has no public way to the top
    elif last is None:
        table.add(key, value)
    else:
        table._insert_after(last, key, tomlkit.item(value))  # noqa: SLF001  # nor to a place in between


def _set_within(document: Any, name: str, values: dict[str, object]) -> None:
    table = document.get(name)
    if not isinstance(table, Table | InlineTable):
        if all(value is None for value in values.values()) or table is not None:
            return
        table = tomlkit.table()
        document.add(name, table)
        table = document[name]
    for key, value in values.items():
        _set(table, key, value)


def _set_rows(document: Any, name: str, keys: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """The tables of that name: known ones changed where they stand, new ones at the end, others gone."""
    if not isinstance(document.get(name), AoT):
        if not rows:
            return
        if name in document:
            document.remove(name)
        document.add(name, tomlkit.aot())
        rows = [{**row, "at": None} for row in rows]
    tables = document[name]
    known = {row["at"]: row for row in rows if row.get("at") is not None}
    count = len(tables)
    for at in range(count):
        for key in keys if at in known else ():
            _set(tables[at], key, known[at].get(key))
    for row in rows:
        if row.get("at") is None:
            _append(tables, {key: row.get(key) for key in keys})
    for at in reversed(range(count)):
        if at not in known:
            del tables[at]


def _append(tables: AoT, row: dict[str, Any]) -> None:
    """A new table, with a blank line before it."""
    if len(tables) and not tables[-1].as_string().endswith("\n\n"):
        tables[-1].add(tomlkit.nl())
    fresh = tomlkit.table()
    for key, value in row.items():
        if value not in (None, "") or key == "hint":
            fresh.add(key, value or "")
    tables.append(fresh)
