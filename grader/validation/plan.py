"""What is tried: which solution, under which seed, on which cases."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader import seeds
from grader.package import Package

FLAKE_SEEDS = 10
WRONG_SEEDS = 3
QUICK_SEEDS = 2
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

    A wrong submission runs through all cases once (not in a quick validation), for the matrix, and under the other
    seeds through those that must catch it: what else it fails may hang on the seed.
    """
    pool = seeds.pool(package)
    all_seeds, some, few = (pool[:QUICK_SEEDS],) * 3 if quick else (pool, pool[:FLAKE_SEEDS], pool[:WRONG_SEEDS])
    found = [Trial("reference", "reference.py", package.files["reference.py"], seed) for seed in all_seeds]
    found += [Trial("starter", "starter.py", package.files["starter.py"], pool[0])]
    found += [
        Trial("accepted", name, source, seed)
        for name, source in package.submissions("accepted").items()
        for seed in some
    ]
    for kind in WRONG:
        for name, source in package.submissions(kind).items():
            caught = caught_by(package, f"{kind}/{name}", source)
            found += [
                Trial(kind, name, source, seed, caught, None if index == 0 and not quick else caught)
                for index, seed in enumerate(few)
            ]
    return found


def caught_by(package: Package, name: str, source: bytes) -> frozenset[str]:
    """The cases that a wrong submission's first lines name; "all" means every case."""
    line = _CAUGHT.search(source)
    ids = {case.id for case in package.cases}
    named = {word.strip() for word in line.group(1).decode().split(",") if word.strip()} if line else set()
    if named == {"all"}:
        return frozenset(ids)
    if not named or named - ids:
        raise ValueError(
            f"{name}: expected a line `# caught by: case, case` with ids out of {sorted(ids)}, received {sorted(named)}"
        )
    return frozenset(named)
