"""What a proof says of a package, in words, each with the file and the line that it is about."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from grader.model import Outcome
from grader.package import Package
from grader.validation.plan import WRONG
from grader.validation.report import Report, missing
from gradetape.authoring.models import Proof, ProofTrial
from gradetape.authoring.models.proof import MUTANT
from gradetape.authoring.proofs import mutating
from gradetape.authoring.proofs.matrix import RIGHT, Matrix, Row
from gradetape.study.differences import Line

_SOLUTION = re.compile(r"(?:(reference|starter)/(?:reference|starter)\.py|(?:accepted|rejected|cheating)/[^:,\s]+\.py)")
_FRAME = re.compile(r"\b(probes|checks|replays|reference)\.py\D{0,12}(\d+)")
_FILE = re.compile(r"\b(review\.md|challenge\.toml|probes\.py|checks\.py|replays\.py|reference\.py)\b")
_WHY = re.compile(r"^#\s*why:\s*(.+?)\s*$", re.MULTILINE)
_SURVIVES = "No case notices this change. Write a case that tells it from the reference, or pass over it."
_CAUGHT = re.compile(rb"^#\s*caught by:", re.MULTILINE)


@dataclass(frozen=True)
class Problem:
    """Something to mend, and where: a path of the package and a line in it, where there are such."""

    words: str
    path: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Uncaught:
    """A wrong solution that gets through, and what would catch it. A mutant with how it differs from the reference,
    and the file that it would become.
    """

    row: Row
    why: str
    advice: str
    line: int | None = None
    changes: list[Line] = field(default_factory=list)
    path: str = ""

    @property
    def position(self) -> int:
        return self.row.trials[0].position


def report_of(proof: Proof, trials: Iterable[ProofTrial]) -> Report:
    """The report on what was tried so far, as `python -m grader validate` makes it. Mutants are no part of it."""
    package = proof.package
    report = Report(package, missing(package))
    for row in trials:
        tried = row.result
        if tried is not None and row.kind != MUTANT:
            report.add(row.trial(package), tried)
    report.close(quick=proof.is_quick)
    return report


def problems_of(proof: Proof, matrix: Matrix) -> list[Problem]:
    """What keeps the package from being sound."""
    package = proof.package
    return [_placed(package, matrix, words) for words in report_of(proof, matrix.trials).problems]


def uncaught_of(proof: Proof, matrix: Matrix) -> list[Uncaught]:
    """Wrong submissions that pass a case that they name, and mutants that pass everything."""
    wrong = [row for row in matrix.wrong() if row.kind in WRONG and row.done and row.missed_by()]
    survivors = [row for row in matrix.wrong() if row.kind == MUTANT and row.survives]
    return [_missed(proof.package, row) for row in wrong] + _survivors(proof, survivors)


def _missed(package: Package, row: Row) -> Uncaught:
    why = _WHY.search(package.files[row.path].decode("utf-8", "replace"))
    return Uncaught(row, why.group(1) if why else "", _remedy(row, why.group(1) if why else ""), path=row.path)


def _survivors(proof: Proof, rows: list[Row]) -> list[Uncaught]:
    sources = {trial.position: trial for trial in proof.trials.filter(kind=MUTANT)} if rows else {}
    found = []
    for row in rows:
        trial = sources[row.trials[0].position]
        change = mutating.change_of(trial)
        found.append(
            Uncaught(
                row, change.words, _SURVIVES, change.line, mutating.lines_of(proof, trial), mutating.path_of(trial)
            )
        )
    return found


def _remedy(row: Row, why: str) -> str:
    missed, caught = ", ".join(row.missed_by()), row.caught_by()
    if caught:
        return (
            f"It passes {missed}, which it names; {', '.join(caught)} fails it. Sharpen {missed}, or name "
            f"# caught by: {', '.join(caught)} if that is the case that is meant to."
        )
    wrong = f" that shows why it is wrong ({why})" if why else " that shows why it is wrong"
    return f"It passes {missed}, and no other case that was tried fails it. Write a case{wrong}."


def _placed(package: Package, matrix: Matrix, words: str) -> Problem:
    """The problem with its place: the solution's file, and within it what failed or what names the cases."""
    frame, solution = _FRAME.search(words), _SOLUTION.match(words)
    if frame:
        return Problem(words, f"{frame[1]}.py", int(frame[2]))
    row = matrix.rows.get(solution.group(0)) if solution else None
    if row is not None:
        return Problem(words, row.path, _line(package, row))
    if "submissions, received" in words:
        return Problem(words)
    file = _FILE.search(words)
    return Problem(words, "reference.py" if words.startswith("reference:") else file.group(1) if file else "")


def _line(package: Package, row: Row) -> int | None:
    if row.kind in WRONG:
        source = package.files[row.path]
        named = _CAUGHT.search(source)
        return source.count(b"\n", 0, named.start()) + 1 if named else None
    if row.kind not in RIGHT:
        return None
    for trial in row.trials:
        tried = trial.result
        for seen in tried.cases.values() if tried else ():
            if seen.outcome is not Outcome.PASSED and seen.line:
                return seen.line
        if tried and tried.line:
            return tried.line
    return None
