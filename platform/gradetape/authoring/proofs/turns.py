"""Proofs are made in turns: see gradetape.turntaking."""

from uuid import UUID

from gradetape.authoring.models import Proof
from gradetape.authoring.proofs import story
from gradetape.turntaking.turns import Turns

PROVE = "authoring.prove"


class _Proofs(Turns[Proof]):
    """The turns of proofs, told to those who watch the matrix."""

    def told(self, job_id: UUID, number: int, row: str | None) -> None:
        story.tell_turn(job_id, number, row)

    def ended(self, job: Proof) -> None:
        story.tell_end(job)


PROOFS = _Proofs(Proof, name="proof", task=PROVE, queue="validation")
