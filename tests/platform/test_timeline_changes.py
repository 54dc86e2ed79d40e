"""Change sets in Python: the text that they make is the one that CodeMirror makes, in its own counting."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradetape.timeline.changes import LONGEST, BadChanges, Text, applied, inserted
from gradetape.timeline.stored import Decoder, Encoder

REAL = json.loads((Path(__file__).parent / "config" / "codemirror_changes.json").read_text())
PIECES = [
    "", "x", "def f(x):\n    return x\n", "\n\n", "😀", "🏳️‍🌈", "\ud83d", "\ude00", "é\u2028", "\x00", "\r", "日本\n",
    "\U0010fffd",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=6).map("".join)


def units(text: str) -> list[int]:
    """The UTF-16 code units, as JavaScript has them."""
    coded = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(coded[at : at + 2], "little") for at in range(0, len(coded), 2)]


def joined(numbers: list[int]) -> str:
    return b"".join(n.to_bytes(2, "little") for n in numbers).decode("utf-16-le", "surrogatepass")


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, list[tuple[Any, str]]]:
    """A text, and many change sets with the text that each must make; made unit by unit, by another way than Text's."""
    first = draw(texts)
    now, steps = units(first), []
    for _ in range(draw(st.integers(1, 12))):
        sections: list[Any] = []
        made: list[int] = []
        at = 0
        while at < len(now) or not sections:
            length = draw(st.integers(0, len(now) - at))
            if draw(st.booleans()):
                sections.append(length)
                made += now[at : at + length]
            else:
                new = draw(texts)
                sections.append([length, *new.split("\n")] if new else [length])
                made += units(new)
            at += length
            if len(sections) > 8:
                sections.append(len(now) - at)
                made += now[at:]
                at = len(now)
        now = made
        steps.append((sections, joined(now)))
    return first, steps


@given(edits())
@settings(max_examples=400, deadline=None)
def test_random_edits_make_the_text_that_they_say(case):
    first, steps = case
    text = Text(first)
    for changes, wanted in steps:
        text.apply(json.loads(json.dumps(changes)))
        assert str(text) == wanted
        assert len(text) == len(units(wanted))


def test_thousands_of_edits_by_the_editor_itself_are_replayed():
    """Made by platform/frontend/changes.mjs with the real CodeMirror."""
    assert sum(len(session["changes"]) for session in REAL) >= 3000
    assert any("\r" not in session["text"] and "😀" in session["text"] for session in REAL)
    for session in REAL:
        text = Text(session["doc"])
        for changes in session["changes"]:
            text.apply(changes)
        assert str(text) == session["text"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([[]], "a number, or a list"), (["x"], "a number, or a list"), ([None], "a number, or a list"),
        ([{}], "a number, or a list"), ([2.0], "a number, or a list"), ([[1.0]], "a number, or a list"),
        ([True, 2], "a length"), ([-1, 4], "a length"), ([[True], 2], "a length"), ([[-3, "x"]], "a length"),
        ([2**31 + 1], "a length"), ([2, [1, "a\nb"]], "without line feeds"), ([2, [1, 7]], "without line feeds"),
        ([2, [1, None]], "without line feeds"), ([2], "over 3 code units. Received: 2"), ([4], "Received: 4"),
        ([], "Received: 0"), ([3, [1]], "Received: 4"), ([[0, "a"]], "Received: 0"),
    ],
)  # fmt: skip
def test_what_is_no_change_set_of_a_text_changes_nothing(changes, says):
    text = Text("abc")
    with pytest.raises(BadChanges, match=says):
        text.apply(changes)
    assert str(text) == "abc"


def test_a_text_has_an_end():
    text = Text("x" * LONGEST)
    with pytest.raises(BadChanges, match="at most"):
        text.apply([LONGEST, [0, "y"]])
    text.apply([LONGEST - 1, [1, "y"]])
    text.apply([[LONGEST]])
    assert (len(text), str(text)) == (0, "")


def test_positions_are_code_units():
    assert applied("a😀b", [3, [1, "c"]]) == "a😀c"
    # The editor may change one half of a character.
    assert applied("😀", [1, [1, "\ude01"]]) == "😁"
    assert inserted([2, [1], [0, "a", "b"], [3, ""]]) == ["a\nb", ""]


@given(st.lists(texts))
def test_what_is_stored_is_read_as_it_was(values):
    data = {"changes": [3, [1, *values]], "text": "".join(values)}
    kept = json.dumps(data, cls=Encoder)
    assert json.loads(kept, cls=Decoder) == data
    # What PostgreSQL refuses: the NUL character, and half a pair of surrogates.
    assert "\\u0000" not in kept
    kept.encode().decode("ascii")
    json.loads(kept)["text"].encode("utf-8")
