"""The tasks of the studio."""

from uuid import UUID

import structlog
from celery import Task
from django.db import InterfaceError, OperationalError

from gradetape.authoring.proofs import work
from gradetape.authoring.proofs.turns import PROOFS, PROVE
from gradetape.celery import app

log = structlog.get_logger(__name__)


@app.task(name=PROVE, bind=True)
def prove(self: Task, proof_id: str) -> None:
    """Take the next turn of a proof, if it is still waiting for one: the same ring may come twice."""
    try:
        turn = PROOFS.claim(job_id=UUID(proof_id), worker=self.request.hostname or "")
    except (OperationalError, InterfaceError) as error:
        log.warning("no turn taken: the sweeper will ring again", proof=proof_id, reason=str(error))
        return
    if turn is not None:
        with structlog.contextvars.bound_contextvars(proof=proof_id):
            PROOFS.take(turn, work.step)
