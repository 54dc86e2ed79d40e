"""What changed between two texts, line by line, with a bound on the work: both are chosen by whoever asks."""

from collections.abc import Iterator
from dataclasses import dataclass

CONTEXT = 3
# Steps of the search. Far more than any two attempts of a person need; a fraction of a second.
BUDGET = 150_000

# A stretch of lines: first line and length in the one text, and the same in the other.
Match = tuple[int, int, int]


@dataclass(frozen=True)
class Line:
    """One row. `kind` is "same", "gone", "new" or "skip"; `old` and `new` are line numbers from 1.

    The text in three pieces: of a line that was altered the middle one is what differs. A "skip" stands for `left`
    unchanged lines.
    """

    kind: str
    old: int | None = None
    new: int | None = None
    before: str = ""
    changed: str = ""
    after: str = ""
    left: int = 0


def difference(old: str, new: str, *, whole: bool = False) -> list[Line]:
    """The rows that turn one text into the other; without `whole`, unchanged lines far from a change are left out."""
    ours, theirs = old.splitlines(), new.splitlines()
    rows = list(_rows(ours, theirs, _matches(ours, theirs)))
    return rows if whole else list(_folded(rows))


def _rows(old: list[str], new: list[str], matches: list[Match]) -> Iterator[Line]:
    i = j = 0
    for at, there, length in [*matches, (len(old), len(new), 0)]:
        yield from _altered(old[i:at], new[j:there], i, j)
        for step in range(length):
            yield Line("same", at + step + 1, there + step + 1, old[at + step])
        i, j = at + length, there + length


def _altered(old: list[str], new: list[str], i: int, j: int) -> Iterator[Line]:
    """A stretch that was replaced. As many lines as before: each is held against the one that took its place."""
    paired = len(old) == len(new)
    cuts = [_middle(one, other) for one, other in zip(old, new, strict=True)] if paired else []
    for step, text in enumerate(old):
        yield Line("gone", i + step + 1, None, *_cut(text, cuts[step] if paired else None))
    for step, text in enumerate(new):
        yield Line("new", None, j + step + 1, *_cut(text, cuts[step] if paired else None))


def _middle(one: str, other: str) -> tuple[int, int] | None:
    """How long the common beginning and the common end are; None where they are too little to point at the rest."""
    shorter = min(len(one), len(other))
    start = next((k for k in range(shorter) if one[k] != other[k]), shorter)
    end = next((k for k in range(shorter - start) if one[-1 - k] != other[-1 - k]), shorter - start)
    return (start, end) if 2 * (start + end) >= shorter and shorter else None


def _cut(text: str, cut: tuple[int, int] | None) -> tuple[str, str, str]:
    if cut is None:
        return text, "", ""
    start, end = cut[0], len(text) - cut[1]
    return text[:start], text[start:end], text[end:]


def _folded(rows: list[Line]) -> Iterator[Line]:
    """Without the unchanged lines that are further than CONTEXT from a change."""
    near: set[int] = set()
    for at, row in enumerate(rows):
        if row.kind != "same":
            near.update(range(at - CONTEXT, at + CONTEXT + 1))
    left = 0
    for at, row in enumerate(rows):
        if at in near:
            if left:
                yield Line("skip", left=left)
            left = 0
            yield row
        else:
            left += 1
    if left:
        yield Line("skip", left=left)


def _matches(old: list[str], new: list[str]) -> list[Match]:
    """The stretches that both texts share, in order: the common ends, and between them the fewest edits."""
    shorter = min(len(old), len(new))
    start = next((k for k in range(shorter) if old[k] != new[k]), shorter)
    end = next((k for k in range(shorter - start) if old[-1 - k] != new[-1 - k]), shorter - start)
    inner = _shortest(old[start : len(old) - end], new[start : len(new) - end])
    between = [(at + start, there + start, length) for at, there, length in inner]
    return [(0, 0, start), *between, (len(old) - end, len(new) - end, end)]


def _shortest(old: list[str], new: list[str]) -> list[Match]:
    """The path with the fewest edits (Myers, "An O(ND) Difference Algorithm", 1986), or nothing in common when the
    budget is spent.
    """
    n, m = len(old), len(new)
    reach, history, spent = {1: 0}, [], 0
    for edits in range(n + m + 1):
        history.append(dict(reach))
        for k in range(-edits, edits + 1, 2):
            down = k == -edits or (k != edits and reach[k - 1] < reach[k + 1])
            x = reach[k + 1] if down else reach[k - 1] + 1
            first = x
            while x < n and x - k < m and old[x] == new[x - k]:
                x += 1
            reach[k] = x
            spent += x - first + 1
            if x >= n and x - k >= m:
                return _traced(history, n, m)
        if spent + len(reach) > BUDGET:
            return []
    return []


def _traced(history: list[dict[int, int]], x: int, y: int) -> list[Match]:
    """The matches along the path, walked back from its end."""
    found: list[Match] = []
    for edits in range(len(history) - 1, -1, -1):
        reach, k = history[edits], x - y
        down = k == -edits or (k != edits and reach[k - 1] < reach[k + 1])
        before_k = k + 1 if down else k - 1
        before_x = reach[before_k] if edits else 0
        before_y = before_x - before_k if edits else 0
        start_x = (before_x if down else before_x + 1) if edits else 0
        if x > start_x:
            found.append((start_x, start_x - k, x - start_x))
        x, y = before_x, before_y
    return found[::-1]
