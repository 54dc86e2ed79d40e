"""Change sets of the editor, applied to a text in Python.

CodeMirror writes a change set as a list of sections that go over the whole text, from its beginning to its end: n keeps
n, [n] deletes n, and [n, "line", ...] puts these lines, joined by line feeds, in the place of n. It counts in UTF-16
code units, as JavaScript does: an emoji is two of them, and a section may even end between the two.
"""

from collections.abc import Sequence

Section = int | list[int | str]
Changes = Sequence[Section]

# Code units. Drafts end at 256 KiB; without an end each edit of a huge text would cost as much as the text.
LONGEST = 256 * 1024
UNIT = 2
ENCODING = "utf-16-le"


class BadChanges(ValueError):
    """This is no change set, or it is not one of this text."""


def check(changes: Changes) -> None:
    """Raises BadChanges where the shape is not that of a change set. What text it fits is for Text.apply to say."""
    for section in changes:
        kept_or_deleted = section if isinstance(section, int) else _head(section)
        if isinstance(kept_or_deleted, bool) or not 0 <= kept_or_deleted <= 2**31:
            raise BadChanges(f"Expected a length from 0 to 2**31. Received: {kept_or_deleted!r}")


def _head(section: object) -> int:
    """How much a section deletes; its lines are looked at on the way."""
    if not isinstance(section, list) or not section or not isinstance(section[0], int):
        raise BadChanges(f"Expected a number, or a list of a number and lines. Received: {str(section)[:60]!r}")
    for line in section[1:]:
        if not isinstance(line, str) or "\n" in line:
            raise BadChanges(f"Expected lines without line feeds behind a length. Received: {str(line)[:60]!r}")
    return section[0]


def inserted(changes: Changes) -> list[str]:
    """The texts that a change set brings in, in their order."""
    return ["\n".join(map(str, one[1:])) for one in changes if not isinstance(one, int) and len(one) > 1]


class Text:
    """A text that changes. It is kept as code units, so an edit costs what it moves and nothing is counted anew."""

    def __init__(self, text: str) -> None:
        self._units = bytearray(text.encode(ENCODING, "surrogatepass"))

    def __len__(self) -> int:
        """The length in UTF-16 code units."""
        return len(self._units) // UNIT

    def __str__(self) -> str:
        return self._units.decode(ENCODING, "surrogatepass")

    def apply(self, changes: Changes) -> None:
        """Make the changes. Raises BadChanges, and is as it was, where they are not changes of this text."""
        check(changes)
        lengths = [section if isinstance(section, int) else int(section[0]) for section in changes]
        texts = [None if isinstance(section, int) else _units_of(section) for section in changes]
        if sum(lengths) != len(self):
            raise BadChanges(f"Expected sections over {len(self)} code units. Received: {sum(lengths)}")
        pairs = zip(lengths, texts, strict=True)
        grown = len(self) + sum(len(new) // UNIT - length for length, new in pairs if new is not None)
        if grown > LONGEST:
            raise BadChanges(f"Expected a text of at most {LONGEST} code units. Received: {grown}")
        end = len(self._units)
        # From the end on, so that the places of the sections before it stay what they are.
        for length, new in zip(reversed(lengths), reversed(texts), strict=True):
            start = end - length * UNIT
            if new is not None:
                self._units[start:end] = new
            end = start


def _units_of(section: list[int | str]) -> bytes:
    return "\n".join(map(str, section[1:])).encode(ENCODING, "surrogatepass")


def applied(text: str, changes: Changes) -> str:
    """The text after the changes. Raises BadChanges."""
    changed = Text(text)
    changed.apply(changes)
    return str(changed)
