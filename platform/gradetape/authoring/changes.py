"""What lies between two sets of a challenge's files."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gradetape.authoring.overview import is_text
from gradetape.catalog.folders import changed
from gradetape.study.differences import Line, difference
from gradetape.submissions.text import decoded


@dataclass(frozen=True)
class Change:
    """A file that differs. `kind` is "new", "gone" or "changed"; `rows` are empty for what is no text."""

    path: str
    kind: str
    before: int
    after: int
    rows: list[Line] = field(default_factory=list)


def differences(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Change]:
    """The same with the lines that differ."""
    return [_change(path, kind, before.get(path, b""), after.get(path, b"")) for path, kind in changed(before, after)]


def _change(path: str, kind: str, old: bytes, new: bytes) -> Change:
    readable = is_text(path, old) and is_text(path, new)
    rows = difference(decoded(old), decoded(new)) if readable else []
    return Change(path, kind, len(old), len(new), rows)
