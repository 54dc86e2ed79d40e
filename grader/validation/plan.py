"""What is tried: which solution, under which seed, on which cases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from grader import seeds
from grader.package import Package

FLAKE_SEEDS = 10
WRONG_SEEDS = 3
QUICK_SEEDS = 2
QUICK_CASES = 1
WRONG = ("rejected", "cheating")
_CAUGHT = re.compile(rb"^#\s*caught by:\s*(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Trial:
    """One solution under one seed. `caught_by` are the cases that must not pass, `only` the ones that are run."""

    kind: str
    name: str
    source: bytes
    seed: int
    caught_by: frozenset[str] = frozenset()
    only: frozenset[str] | None = None


def trials(package: Package, *, quick: bool) -> list[Trial]:
    """Everything that is tried. Raises ValueError for a wrong submission that does not say what catches it.

    A wrong submission runs through all cases once, for the matrix, and under the other seeds through those that must
    catch it: what else it fails may hang on the seed. A quick validation has two seeds: the reference is tried under
    both, the others take turns, and a wrong submission runs through the first case that it names.
    """
    return _quick(package) if quick else _full(package)


def _full(package: Package) -> list[Trial]:
    pool = seeds.pool(package)
    found = [*_reference(package, pool), Trial("starter", "starter.py", package.files["starter.py"], pool[0])]
    for name, source in package.submissions("accepted").items():
        found += [Trial("accepted", name, source, seed) for seed in pool[:FLAKE_SEEDS]]
    for kind, name, source, named in _wrong(package):
        for seed in pool[:WRONG_SEEDS]:
            found.append(
                Trial(kind, name, source, seed, frozenset(named), None if seed == pool[0] else frozenset(named))
            )
    return found


def _quick(package: Package) -> list[Trial]:
    pool = seeds.pool(package)[:QUICK_SEEDS]
    turns = cycle(pool)
    found = [*_reference(package, pool), Trial("starter", "starter.py", package.files["starter.py"], pool[0])]
    for name, source in package.submissions("accepted").items():
        found.append(Trial("accepted", name, source, next(turns)))
    for kind, name, source, named in _wrong(package):
        first = frozenset(named[:QUICK_CASES])
        found.append(Trial(kind, name, source, next(turns), first, first))
    return found


def _reference(package: Package, pool: Sequence[int]) -> list[Trial]:
    return [Trial("reference", "reference.py", package.files["reference.py"], seed) for seed in pool]


def _wrong(package: Package) -> Iterator[tuple[str, str, bytes, list[str]]]:
    for kind in WRONG:
        for name, source in package.submissions(kind).items():
            yield kind, name, source, caught_by(package, f"{kind}/{name}", source)


def caught_by(package: Package, name: str, source: bytes) -> list[str]:
    """The cases that a wrong submission's first lines name, in that order; "all" means every case."""
    ids = [case.id for case in package.cases]
    named = named_cases(source)
    if named == ["all"]:
        return ids
    if not named or set(named) - set(ids):
        raise ValueError(
            f"{name}: expected a line `# caught by: case, case` with ids out of {sorted(ids)}, received {named}"
        )
    return named


def named_cases(source: bytes) -> list[str]:
    """The words after `# caught by:`, each once; empty without such a line."""
    line = _CAUGHT.search(source)
    words = line.group(1).decode("utf-8", "replace").split(",") if line else []
    return list(dict.fromkeys(word.strip() for word in words if word.strip()))
