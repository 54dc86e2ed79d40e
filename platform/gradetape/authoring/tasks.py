"""The tasks of the studio."""

from uuid import UUID

from celery import Task

from gradetape.authoring.proofs import work
from gradetape.authoring.proofs.turns import PROOFS, PROVE
from gradetape.celery import app


@app.task(name=PROVE, bind=True)
def prove(self: Task, proof_id: str) -> None:
    """Take the next turn of a proof."""
    PROOFS.answer(UUID(proof_id), self.request.hostname or "", work.step)
