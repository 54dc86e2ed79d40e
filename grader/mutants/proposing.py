"""Which mistakes are proposed: a bounded number, spread over kinds and lines, always the same for the same source."""

from __future__ import annotations

import ast
import hashlib
import textwrap
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.mutants.calls import calls
from grader.mutants.formulas import formulas
from grader.mutants.mistake import Finder, Mistake
from grader.mutants.numbers import numbers
from grader.mutants.places import imported, places
from grader.mutants.script import Script
from grader.mutants.steps import steps
from grader.source import MAX_SOURCE

MOST = 60
_FINDERS: tuple[Finder, ...] = (formulas, numbers, calls, steps)


@dataclass(frozen=True)
class Mutant:
    """A reference with one mistake in it.

    `id` stays the same while the lines that it changes, and the function that they are in, stay the same. `line` is
    where it is, `words` say what was done, `before` and `after` are the lines that it changes. `source` is the whole
    file, as the reference is written but for that.
    """

    id: str
    kind: str
    line: int
    words: str
    before: str
    after: str
    source: str


def propose(source: str, most: int = MOST) -> list[Mutant]:
    """At most so many mutants, by line. Each compiles, and no two are the same program, nor is one the reference.

    Raises ValueError for a source that is too large or no Python.
    """
    if len(source.encode("utf-8", "replace")) > MAX_SOURCE:
        raise ValueError(f"expected at most {MAX_SOURCE} bytes of source, received more")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what looks odd in a mutant is meant to
        script = Script(source)
        chosen = _chosen(script, most)
    return sorted(chosen, key=lambda mutant: (mutant.line, mutant.kind, mutant.id))


def _chosen(script: Script, most: int) -> list[Mutant]:
    """Of the kind that there are fewest of, on the line that has the fewest; which of those, the id decides."""
    waiting: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in _all(script):
        waiting[mutant.kind].append(mutant)
    known = {ast.dump(script.tree)}
    kinds, lines, chosen = Counter(dict.fromkeys(sorted(waiting), 0)), Counter[int](), list[Mutant]()
    while waiting and len(chosen) < most:
        kind = min(waiting, key=lambda one: (kinds[one], one))
        mutant = min(waiting[kind], key=lambda one: (lines[one.line], one.id))
        waiting[kind].remove(mutant)
        if not waiting[kind]:
            del waiting[kind]
        program = _program(mutant.source)
        if program is not None and program not in known:
            known.add(program)
            chosen.append(mutant)
            kinds[kind] += 1
            lines[mutant.line] += 1
    return chosen


def _all(script: Script) -> Iterator[Mutant]:
    imports, before = imported(script.tree), Counter[str]()
    for place in places(script.tree):
        for finder in _FINDERS:
            for mistake in finder(script, place, imports):
                mutant = _mutant(script, mistake, place.scope)
                before[mutant.id] += 1
                yield mutant if before[mutant.id] == 1 else _again(mutant, before[mutant.id])


def _mutant(script: Script, mistake: Mistake, scope: str) -> Mutant:
    start, end = min(one.start for one in mistake.patches), max(one.end for one in mistake.patches)
    first = script.source.rfind("\n", 0, start) + 1
    last = script.source.find("\n", end)
    last = len(script.source) if last < 0 else last
    changed = script.patched(mistake.patches)
    before, after = script.source[first:last], changed[first : last + len(changed) - len(script.source)]
    key = "\0".join((mistake.kind, scope, before, after))
    return Mutant(
        id=_digest(key),
        kind=mistake.kind,
        line=script.source.count("\n", 0, start) + 1,
        words=mistake.words,
        before=textwrap.dedent(before),
        after=textwrap.dedent(after),
        source=changed,
    )


def _again(mutant: Mutant, number: int) -> Mutant:
    """The same mistake on a line that stands there once more."""
    return replace(mutant, id=_digest(f"{mutant.id}:{number}"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _program(source: str) -> str | None:
    """What a source says, whatever its layout; None for one that does not compile."""
    try:
        tree = ast.parse(source)
        compile(tree, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return ast.dump(tree)
