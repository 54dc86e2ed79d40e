"""Mutants of the reference: small mistakes that somebody could make, tried like solutions, and kept as such if wanted.

They are proposed by reading the reference; nothing of it runs here.
"""

from dataclasses import dataclass
from typing import Any

from grader.mutants.proposing import propose
from grader.package import Package
from gradetape.accounts.models import User
from gradetape.audit import log
from gradetape.authoring import files
from gradetape.authoring.models import Proof, ProofTrial
from gradetape.authoring.models.proof import MUTANT
from gradetape.study.differences import Line, difference

MOST = 40
FOLDER = "submissions/rejected"


@dataclass(frozen=True)
class Change:
    """What was changed in the reference."""

    kind: str
    line: int
    words: str


def planned_rows(proof: Proof, package: Package, first: int, seed: int) -> list[ProofTrial]:
    """A trial for each mutant, from position `first` on; none for a reference that can't be read."""
    try:
        mutants = propose(package.reference, MOST)
    except ValueError:
        return []
    return [
        ProofTrial(
            proof=proof, position=first + index, kind=MUTANT, name=mutant.id, seed=seed, source=mutant.source.encode(),
            change={"kind": mutant.kind, "line": mutant.line, "words": mutant.words},
        )
        for index, mutant in enumerate(mutants)
    ]  # fmt: skip


def change_of(trial: ProofTrial) -> Change:
    """What makes the mutant one."""
    told: dict[str, Any] = trial.change or {}
    return Change(str(told.get("kind", "")), int(told.get("line", 1)), str(told.get("words", "")))


def lines_of(proof: Proof, trial: ProofTrial) -> list[Line]:
    """How the mutant differs from the reference."""
    return difference(proof.package.reference, bytes(trial.source or b"").decode("utf-8", "replace"))


def path_of(trial: ProofTrial) -> str:
    """The file that a mutant becomes when it is adopted."""
    return f"{FOLDER}/{change_of(trial).kind}_{trial.name}.py"


def adopt(*, proof: Proof, trial: ProofTrial, by: User) -> str:
    """Make a mutant a rejected submission of the project, whose first line its author still has to fill.

    Returns its path; it is left as it is where it was adopted before. Raises AuthoringError.
    """
    path, change = path_of(trial), change_of(trial)
    if not proof.project.files.filter(path=path).exists():
        head = f"# caught by: \n# why: {' '.join(change.words.split())}\n"
        content = head.encode() + bytes(trial.source or b"")
        files.write(project=proof.project, path=path, content=content, by=by, revision=0)
        log.record(actor=by, action="mutant_adopted", scope=proof.project.scope, about=f"file:{path}"[:80])
    return path
