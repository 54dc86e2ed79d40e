"""A turn of a proof: its next trial, or what is to be measured after the last, or the end."""

from contextlib import nullcontext
from typing import Any

import msgspec
import structlog

from grader.exceptions import JudgeError
from grader.libraries import surroundings
from grader.validation import tolerance
from grader.validation.story import CaseLanded, Event
from grader.validation.trying import attempt, until_caught
from gradetape.authoring.models import Proof, ProofTrial
from gradetape.authoring.models.proof import MUTANT
from gradetape.authoring.proofs import loading, measuring, story
from gradetape.authoring.proofs.judging import report_of
from gradetape.authoring.proofs.matrix import Matrix, Row
from gradetape.authoring.proofs.turns import PROOFS
from gradetape.submissions import engines
from gradetape.submissions.lease import Lease
from gradetape.submissions.text import storable
from gradetape.turntaking.turns import Turn

log = structlog.get_logger(__name__)


def step(turn: Turn[Proof], lease: Lease) -> None:
    """Do what one turn is for."""
    _Step(turn, lease).take()


class _Step:
    """What one turn does."""

    def __init__(self, turn: Turn[Proof], lease: Lease) -> None:
        self._turn, self._proof, self._lease = turn, turn.job, lease
        self._package = turn.job.package
        self._teller = story.Teller(turn.job)

    def take(self) -> None:
        trial = self._proof.trials.filter(turn=None).first()
        if trial is not None:
            return self._try(trial)
        matrix = story.matrix_of(self._proof)
        margin = measuring.next_margin(self._proof, matrix)
        if measuring.NATURAL not in self._proof.measured:
            self._measure_natural()
        elif margin is not None:
            self._measure_margin(margin)
        else:
            PROOFS.finish(turn=self._turn, sound=report_of(self._proof, matrix.trials).sound)
        return None

    def _try(self, trial: ProofTrial) -> None:
        row = self._row(trial)
        self._teller.tell(story.STARTED, {"row": row.key, "cases": self._cases(trial)})

        def tell(event: Event) -> None:
            if isinstance(event, CaseLanded):
                cell = str(row.cell(event.case, event.seen.outcome))
                self._teller.tell(story.CELL, {"row": row.key, "case": event.case, "cell": cell})

        make = until_caught if trial.kind == MUTANT else attempt
        with loading.busy_cores() if trial.is_loaded else nullcontext():
            tried = make(
                self._package,
                trial.position,
                trial.trial(self._package),
                engines.current(),
                tell=tell,
                cancelled=self._lease.cancelled,
            )
        told = storable(msgspec.to_builtins(tried))

        def write() -> None:
            ProofTrial.objects.filter(pk=trial.pk).update(tried=told, turn=self._turn.number)

        libraries = {} if self._proof.libraries else {"libraries": surroundings(self._package.runtime)}
        PROOFS.pass_on(turn=self._turn, write=write, row=row.key, **libraries)

    def _row(self, trial: ProofTrial) -> Row:
        """The row of a trial, with what its other seeds gave."""
        same = self._proof.trials.filter(kind=trial.kind, name=trial.name).defer("source")
        return next(iter(Matrix(self._package.cases, same).rows.values()))

    def _cases(self, trial: ProofTrial) -> list[str]:
        return [case.id for case in self._package.cases if trial.only is None or case.id in trial.only]

    def _measure_natural(self) -> None:
        try:
            found = tolerance.natural(self._package, self._engine(), self._seed(), self._lease.cancelled)
        except JudgeError as error:
            # The trials say what is wrong with the reference; here it only leaves nothing to be measured.
            log.info("natural errors not measured", reason=str(error))
            found = {case.id: "the reference gave no answers to compare" for case in self._package.cases}
        self._keep(measuring.with_natural(self._proof.measured, found))

    def _measure_margin(self, margin: measuring.Margin) -> None:
        trial = margin.row.trials[0]
        source = ProofTrial.objects.get(pk=trial.pk).trial(self._package).source
        try:
            shares = tolerance.margins(
                self._package, self._engine(), self._seed(), source, margin.cases, self._lease.cancelled
            )
        except JudgeError as error:
            log.info("margins not measured", row=margin.row.key, reason=str(error))
            shares = {}
        self._keep(measuring.with_margins(self._proof.measured, margin.row.key, shares))

    def _keep(self, measured: dict[str, Any]) -> None:
        PROOFS.pass_on(turn=self._turn, measured=storable(measured))

    def _engine(self) -> Any:
        return engines.current()

    def _seed(self) -> int:
        """That of the first trial, which is one of the reference's."""
        return int(self._proof.trials.values_list("seed", flat=True)[0])
