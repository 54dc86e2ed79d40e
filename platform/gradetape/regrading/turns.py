"""Regrades are made in turns: see gradetape.turntaking."""

from functools import partial
from typing import Any
from uuid import UUID

from gradetape.regrading.models import Regrade, RegradedSubmission
from gradetape.submissions.text import storable
from gradetape.transport import LAST
from gradetape.turntaking.turns import Turns

REGRADE = "regrading.regrade"


class _Regrades(Turns[Regrade]):
    """The turns of regrades. A submission that can't be graded doesn't keep the others from it."""

    def given_up(self, which: Any, turn: int, job_id: UUID, fault: str) -> bool:
        row = RegradedSubmission.objects.filter(regrade=job_id, turn=None).select_related("regrade").first()
        if row is None or row.regrade.has_to_move:
            return super().given_up(which, turn, job_id, fault)
        return self.release(which, job_id, turn, write=partial(mark_failed, row, turn, fault), lost=0)


REGRADES = _Regrades(Regrade, name="regrade", task=REGRADE, queue=LAST)


def mark_failed(row: RegradedSubmission, turn: int, fault: str) -> None:
    """Say of a submission that it could not be graded again."""
    RegradedSubmission.objects.filter(pk=row.pk).update(turn=turn, fault=storable(fault))
