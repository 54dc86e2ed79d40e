"""The task of regrading."""

from uuid import UUID

from celery import Task

from gradetape.celery import app
from gradetape.regrading import work
from gradetape.regrading.turns import REGRADE, REGRADES


@app.task(name=REGRADE, bind=True)
def regrade(self: Task, regrade_id: str) -> None:
    """Take the next turn of a regrade."""
    REGRADES.answer(UUID(regrade_id), self.request.hostname or "", work.step)
