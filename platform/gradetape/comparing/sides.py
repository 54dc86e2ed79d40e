"""Two texts side by side, with what is alike in both marked and numbered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gradetape.comparing.similarity import Text, runs_of

GIVEN = "given"
ALIKE = "alike"


@dataclass(frozen=True)
class Piece:
    """A stretch of a line. `kind` is empty for what is its author's alone."""

    text: str
    kind: str = ""


@dataclass
class Line:
    """A line with its number. `begins`: the numbers of the alike stretches that begin in it, `within`: all in it."""

    number: int
    pieces: list[Piece] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)
    within: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Span:
    """From one place of a text up to another, and the number of the stretch; 0 for what was given."""

    start: int
    end: int
    number: int


def side_by_side(a_source: str, a: Text, b_source: str, b: Text) -> tuple[list[Line], list[Line], int]:
    """The lines of both, and how many stretches are alike. A stretch has the same number on both sides."""
    runs = runs_of(a, b)
    ours = [(run.a, run.size) for run in runs]
    theirs = [(run.b, run.size) for run in runs]
    return _lines(a_source, _spans(a, ours)), _lines(b_source, _spans(b, theirs)), len(runs)


def _spans(text: Text, stretches: Sequence[tuple[int, int]]) -> list[Span]:
    """In the order of the text. What was given never is in a stretch."""
    spans = [
        Span(text.tokens[at].start, text.tokens[at + size - 1].end, number)
        for number, (at, size) in enumerate(stretches, start=1)
    ]
    return sorted([*spans, *_given(text)], key=lambda span: span.start)


def _given(text: Text) -> Iterator[Span]:
    first: int | None = None
    for at in range(len(text.given) + 1):
        is_given = at < len(text.given) and bool(text.given[at])
        if is_given and first is None:
            first = at
        elif not is_given and first is not None:
            yield Span(text.tokens[first].start, text.tokens[at - 1].end, 0)
            first = None


def _lines(source: str, spans: Sequence[Span]) -> list[Line]:
    lines: list[Line] = []
    place, waiting = 0, list(reversed(spans))
    for number, text in enumerate(source.split("\n"), start=1):
        line, end = Line(number), place + len(text)
        at = place
        while waiting and waiting[-1].start < end:
            span = waiting[-1]
            # Indentation is nobody's words.
            start, stop = max(span.start, place + len(text) - len(text.lstrip())), min(span.end, end)
            line.pieces += [Piece(source[at:start])] if start > at else []
            line.pieces += [Piece(source[start:stop], ALIKE if span.number else GIVEN)] if stop > start else []
            at = max(at, stop)
            if span.number:
                line.within.append(span.number)
                line.begins += [span.number] if span.start >= place else []
            if span.end > end:
                break
            waiting.pop()
        line.pieces += [Piece(source[at:end])] if end > at else []
        lines.append(line)
        place = end + 1
    return lines
