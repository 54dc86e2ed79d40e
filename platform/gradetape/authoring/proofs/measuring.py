"""Tolerances within a proof: what was measured, what is still to be, and the advice that follows."""

from dataclasses import dataclass
from typing import Any

import msgspec

from grader.model import Outcome
from grader.validation.plan import WRONG
from grader.validation.tolerance import Advice, Fit, Measured, advise
from gradetape.authoring.models import Proof
from gradetape.authoring.models.proof import MUTANT
from gradetape.authoring.proofs.matrix import Matrix, Row

NATURAL, MARGINS = "natural", "margins"


@dataclass(frozen=True)
class Margin:
    """How far off a wrong solution is, to be measured in the cases that it passes."""

    row: Row
    cases: list[str]


def natural_of(proof: Proof) -> dict[str, Measured | str] | None:
    """The natural error of each case, or why it can't be told; None before it was measured."""
    stored = proof.measured.get(NATURAL)
    return None if stored is None else msgspec.convert(stored, dict[str, Measured | str])


def next_margin(proof: Proof, matrix: Matrix) -> Margin | None:
    """A wrong solution that slips through a case whose tolerance could be tighter, and is not measured yet.

    Only of a full proof: in a quick one the wrong solutions hardly run.
    """
    natural = natural_of(proof)
    if proof.is_quick or natural is None:
        return None
    roomy = [case for case, seen in natural.items() if advise(case, seen).fit in (Fit.GOOD, Fit.LOOSE)]
    done = proof.measured.get(MARGINS, {})
    for row in matrix.rows.values():
        cases = [case for case in roomy if row.outcomes.get(case, [])[:1] == [Outcome.PASSED]]
        gets_through = row.kind in WRONG or (row.kind == MUTANT and not row.caught_by())
        if gets_through and row.key not in done and cases:
            return Margin(row, cases)
    return None


def advice_of(proof: Proof, matrix: Matrix) -> list[Advice]:
    """What to do about each case's tolerance; nothing before it was measured."""
    natural = natural_of(proof) or {}
    margins: dict[str, dict[str, float]] = proof.measured.get(MARGINS, {})
    found = []
    for case in matrix.cases:
        if case.id in natural:
            wrong = [(key, shares[case.id]) for key, shares in margins.items() if case.id in shares]
            found.append(advise(case.id, natural[case.id], wrong))
    return found


def with_natural(measured: dict[str, Any], natural: dict[str, Measured | str]) -> dict[str, Any]:
    return {**measured, NATURAL: msgspec.to_builtins(natural)}


def with_margins(measured: dict[str, Any], key: str, shares: dict[str, float]) -> dict[str, Any]:
    return {**measured, MARGINS: {**measured.get(MARGINS, {}), key: shares}}
