"""challenge.toml: its syntax at its line, and each key against the structs of grader.manifest."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from grader.linting.places import Path, Places
from grader.linting.problem import Problem, error
from grader.manifest import Manifest, contradictions

FILE = "challenge.toml"
_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


class Description:
    """What a text says as challenge.toml: `manifest` where it is one, else None, and its problems."""

    def __init__(self, text: str) -> None:
        self.places = Places(text)
        self.manifest: Manifest | None = None
        self.problems: list[Problem] = []
        try:
            values = tomllib.loads(text)
        except tomllib.TOMLDecodeError as trouble:
            self.problems = [_syntax(str(trouble), text)]
        except RecursionError:
            self.problems = [error(FILE, "Expected TOML as people write it, received lists within lists without end.")]
        else:
            self._look(values)

    def _look(self, values: dict[str, Any]) -> None:
        found = list(_of_table(values, Manifest, ()))
        if not found:
            self.manifest = msgspec.convert(values, Manifest)
            found = [(where, _sentence(what)) for where, what in contradictions(self.manifest)]
        self.problems = [error(FILE, what, *self.places.of(where)) for where, what in found]


def _syntax(message: str, text: str) -> Problem:
    at = _AT.search(message)
    last = len(text.splitlines()) or 1
    line, column = (int(at.group(1)), int(at.group(2))) if at and at.group(1) else (last, 1)
    what = _AT.sub("", message)
    return error(
        FILE, f"Expected TOML: a key, an equals sign and a value. Received something else: {what}.", line, column
    )


def _of_table(values: object, struct: type[msgspec.Struct], where: Path) -> Iterator[tuple[Path, str]]:
    """What does not fit in a table, key by key."""
    if not isinstance(values, dict):
        yield (
            where,
            f"Expected a table with {_listed(known.name for known in fields(struct))}, received {_shown(values)}.",
        )
        return
    known = {field.encode_name: field for field in fields(struct)}
    for key in values:
        if key not in known:
            yield (*where, key), _unknown(key, list(known))
    for key, field in known.items():
        if key in values:
            yield from _of_value(values[key], field, (*where, key))
        elif field.required:
            yield where, f"Expected the key {key}, received none. {_hint(key)}".rstrip()


def _of_value(value: object, field: FieldInfo, where: Path) -> Iterator[tuple[Path, str]]:
    """What does not fit in a key's value; tables within it are looked at one by one."""
    kind = _bare(field.type)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield from _of_table(value, kind, where)
        return
    inner = _bare(get_args(kind)[0]) if get_origin(kind) is list else None
    if isinstance(value, list) and value and isinstance(inner, type) and issubclass(inner, msgspec.Struct):
        for index, one in enumerate(value):
            yield from _of_table(one, inner, (*where, index))
        return
    try:
        msgspec.convert(value, field.type)
    except msgspec.ValidationError as trouble:
        yield (
            where,
            f"{where[-1]}: {_in_words(str(trouble))}. Received: {_shown(value)}. {_hint(str(where[-1]))}".rstrip(),
        )


def _bare(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _unknown(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1)
    advice = f"Did you mean {near[0]}?" if near else "Remove it, or see where it belongs."
    return f"Expected one of {_listed(known)}, received the unknown key {key}. {advice}"


def _in_words(message: str) -> str:
    """msgspec's sentence without its marks and without the place, which we know better."""
    return message.partition(" - at ")[0].replace("`", "").rstrip(".")


def _hint(key: str) -> str:
    return _HINTS.get(key, "")


_HINTS = {
    "hint": "Every case has a hint: what whoever fails it should look at.",
    "id": "An id is small letters, digits, dashes and underscores, beginning with a letter.",
    "part": "A part is named by its id.",
    "points": "Points are above 0; those of all cases add up to 100.",
    "summary": "The summary is one line for the list of challenges.",
    "topics": "Name at least one topic.",
    "minutes": "How long somebody who knows the matter needs, from 5 to 240.",
    "contract": "Name at least one thing that a solution has to define, in a [[contract]] table.",
    "parts": "Cases are grouped in parts: write at least one [[parts]] table.",
    "cases": "Write at least one [[cases]] table.",
}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _listed(names: Any) -> str:
    return ", ".join(names)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
