"""How much of what two people wrote is alike, and where: a hint for whoever looks at both, never a verdict.

Texts are compared as rows of symbols (tokens.py). What everybody was given does not count. Functions that have the most
in common are aligned by RapidFuzz, in whatever order they stand; then what is left, again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from gradetape.comparing.tokens import Token, symbols_of, tokens_of

# Shorter runs are idiom: `self.x = x`, `return x`, an import.
RUN = 12
# Files with fewer symbols of their own say nothing.
FEWEST = 80
# From here on a pair is shown; what independent people write for one challenge stays below.
THRESHOLD = 0.65
# Beyond this a text is looked at no further: no hand-written file of 64 KiB has more.
MOST_TOKENS = 16_000
# How often what is left of two texts is aligned again.
ROUNDS = 4
# Pairs that share fewer runs than this are not aligned.
WORTH_ALIGNING = 0.1

# A stretch without functions is cut, so that aligning two texts never costs the product of their lengths.
LONGEST_UNIT = 1_000
# A run as a number of this process's own: never kept.
Gram = int


class Run(NamedTuple):
    """So many tokens are alike from these places on."""

    a: int
    b: int
    size: int


@dataclass(frozen=True)
class Text:
    """A source as the comparison sees it. `given`: which of its tokens everybody was given."""

    tokens: Sequence[Token]
    symbols: Sequence[str]
    given: bytes

    @cached_property
    def own(self) -> int:
        """How many of its tokens stand in a run of its author's own."""
        covered = bytearray(len(self.symbols))
        for at, run in enumerate(self.runs):
            if run is not None:
                covered[at : at + RUN] = b"\1" * RUN
        return sum(covered)

    @cached_property
    def runs(self) -> list[Gram | None]:
        """The run that begins at each token; None where something in it was given."""
        return [
            hash(tuple(self.symbols[at : at + RUN])) if 1 not in self.given[at : at + RUN] else None
            for at in range(len(self.symbols) - RUN + 1)
        ]

    @cached_property
    def grams(self) -> frozenset[Gram]:
        """All runs of its author's own."""
        return frozenset(run for run in self.runs if run is not None)

    @cached_property
    def units(self) -> list[slice]:
        """Functions, methods and heads of classes: what can be put into another order. Short ones go with the last."""
        starts = [0]
        for at, symbol in enumerate(self.symbols):
            size = at - starts[-1]
            if (symbol in {"def", "class"} and size >= RUN) or size == LONGEST_UNIT:
                starts.append(at)
        return [slice(begin, end) for begin, end in pairwise([*starts, len(self.symbols)])]


def grams_of(texts: Iterable[str]) -> frozenset[Gram]:
    """Every run in texts that do not count."""
    return frozenset(gram for text in texts for gram in read(text, frozenset()).grams)


def read(source: str, given: frozenset[Gram]) -> Text:
    """A source, with what was given marked."""
    tokens = tokens_of(source, MOST_TOKENS)
    symbols = symbols_of(tokens)
    marks = bytearray(len(symbols))
    for at in range(len(symbols) - RUN + 1) if given else ():
        if hash(tuple(symbols[at : at + RUN])) in given:
            marks[at : at + RUN] = b"\1" * RUN
    return Text(tokens, symbols, bytes(marks))


def runs_of(a: Text, b: Text) -> list[Run]:
    """What is alike in both, in the order of the first; no token is in two of them."""
    ours, theirs = _Left(a, 0), _Left(b, 1)
    found: list[Run] = []
    for _ in range(ROUNDS):
        runs = [run for pair in _paired(ours, theirs) for run in _aligned(ours, theirs, *pair)]
        if not runs:
            break
        for run in runs:
            ours.take(run.a, run.size)
            theirs.take(run.b, run.size)
        found += runs
    return _joined(sorted(found))


class _Left:
    """What of a text was not found in the other one yet: in place of the rest stands what is nowhere else."""

    def __init__(self, text: Text, side: int) -> None:
        self.text, self.side = text, side
        self.row: list[str | int] = list(text.symbols)
        self.runs = list(text.runs)
        for at, given in enumerate(text.given):
            if given:
                self.row[at] = 2 * at + side

    def take(self, start: int, size: int) -> None:
        self.row[start : start + size] = range(2 * start + self.side, 2 * (start + size) + self.side, 2)
        first = max(0, start - RUN + 1)
        self.runs[first : start + size] = [None] * len(self.runs[first : start + size])


def _paired(ours: _Left, theirs: _Left) -> Iterator[tuple[slice, slice]]:
    """Each unit with the one that it has the most runs in common with, as long as both are free."""
    where: dict[Gram, int] = {}
    for number, unit in enumerate(theirs.text.units):
        where.update((run, number) for run in theirs.runs[unit] if run is not None and run not in where)
    shared: Counter[tuple[int, int]] = Counter()
    for number, unit in enumerate(ours.text.units):
        shared.update((number, where[run]) for run in ours.runs[unit] if run in where)
    one, other = set(), set()
    for (mine, its), _ in shared.most_common():
        if mine not in one and its not in other:
            one.add(mine)
            other.add(its)
            yield ours.text.units[mine], theirs.text.units[its]


def _aligned(ours: _Left, theirs: _Left, one: slice, other: slice) -> list[Run]:
    blocks = LCSseq.opcodes(ours.row[one], theirs.row[other]).as_matching_blocks()
    return [Run(one.start + block.a, other.start + block.b, block.size) for block in blocks if block.size >= RUN]


def _joined(runs: Sequence[Run]) -> list[Run]:
    """Runs that follow one another in both texts are one."""
    found: list[Run] = []
    for run in runs:
        last = found[-1] if found else None
        if last and (last.a + last.size, last.b + last.size) == (run.a, run.b):
            found[-1] = Run(last.a, last.b, last.size + run.size)
        else:
            found.append(run)
    return found


def alike(a: Text, b: Text) -> float:
    """How much of the shorter text is in the other one, 0 to 1; 0 where one is too short to say."""
    shorter = min(a.own, b.own)
    if shorter < FEWEST:
        return 0.0
    shared = len(a.grams & b.grams)
    if shared < WORTH_ALIGNING * min(len(a.grams), len(b.grams)) or not shared:
        return 0.0
    return min(1.0, sum(run.size for run in runs_of(a, b)) / shorter)


class Pair(NamedTuple):
    """Two texts by their keys, and how much is alike, 0 to 1."""

    a: str
    b: str
    share: float


def pairs_among(texts: Mapping[str, Text]) -> list[Pair]:
    """All pairs at or above the threshold, the most alike first."""
    found = (Pair(a, b, alike(texts[a], texts[b])) for a, b in combinations(texts, 2))
    return sorted((pair for pair in found if pair.share >= THRESHOLD), key=lambda pair: -pair.share)


def pairs_with(texts: Mapping[str, Text], published: Mapping[str, Text]) -> list[Pair]:
    """The same, of texts with what was published."""
    found = (Pair(a, b, alike(text, other)) for a, text in texts.items() for b, other in published.items())
    return sorted((pair for pair in found if pair.share >= THRESHOLD), key=lambda pair: -pair.share)
