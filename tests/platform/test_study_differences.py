"""Two texts side by side: the rows lead from the one to the other, and no pair of texts takes long."""

import random
import time

import pytest

from gradetape.study.differences import BUDGET, Line, difference


def old_of(rows: list[Line]) -> list[str]:
    return [f"{row.before}{row.changed}{row.after}" for row in rows if row.kind in {"same", "gone"}]


def new_of(rows: list[Line]) -> list[str]:
    return [f"{row.before}{row.changed}{row.after}" for row in rows if row.kind in {"same", "new"}]


def test_the_rows_are_both_texts_whatever_they_are():
    rng = random.Random(4)
    for _ in range(300):
        old = [rng.choice("abcd") * rng.randint(1, 3) for _ in range(rng.randint(0, 12))]
        new = [line for line in old if rng.random() < 0.7]
        for _ in range(rng.randint(0, 3)):
            new.insert(rng.randint(0, len(new)), rng.choice("abcd"))
        rows = difference("\n".join(old), "\n".join(new), whole=True)
        assert (old_of(rows), new_of(rows)) == ("\n".join(old).splitlines(), "\n".join(new).splitlines())
        numbers = [row.old for row in rows if row.old], [row.new for row in rows if row.new]
        assert numbers == ([*range(1, len(old_of(rows)) + 1)], [*range(1, len(new_of(rows)) + 1)])


def test_no_more_is_changed_than_has_to_be():
    rows = difference("a\nb\nc\nd", "a\nc\nd\ne", whole=True)
    assert [(row.kind, row.before) for row in rows] == [
        ("same", "a"), ("gone", "b"), ("same", "c"), ("same", "d"), ("new", "e"),
    ]  # fmt: skip


def test_a_line_that_was_altered_shows_where():
    gone, new = difference("x = units + 1", "x = units * 2 + 1")
    assert (gone.before, gone.changed, gone.after) == ("x = units ", "", "+ 1")
    assert (new.before, new.changed, new.after) == ("x = units ", "* 2 ", "+ 1")


def test_lines_with_nothing_in_common_are_not_cut_up():
    gone, new = difference("return x", "pass")
    assert (gone.before, new.before) == ("return x", "pass")


def test_what_is_far_from_a_change_is_left_out():
    old = [str(number) for number in range(40)]
    new = [*old[:20], "here", *old[20:]]
    rows = difference("\n".join(old), "\n".join(new))
    assert [row.left for row in rows if row.kind == "skip"] == [17, 17]
    assert len(rows) == 2 + 3 + 1 + 3


@pytest.mark.parametrize("text", ["", "one line", "\n\n"])
def test_equal_texts_have_no_changes(text):
    assert {row.kind for row in difference(text, text)} <= {"skip"}


def test_texts_made_to_be_slow_are_not():
    """Many equal lines in another order each: what would cost a search without a bound minutes."""
    rng = random.Random(1)
    old, new = ([str(rng.randint(0, 99)) for _ in range(20_000)] for _ in range(2))
    start = time.process_time()
    rows = difference("\n".join(old), "\n".join(new), whole=True)
    assert time.process_time() - start < 20
    assert (old_of(rows), new_of(rows)) == (old, new)
    assert BUDGET < 1_000_000
