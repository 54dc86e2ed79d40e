"""The tasks. Each takes ids, claims, and calls what does the work."""

from uuid import UUID

import structlog
from celery import Task
from django.db import InterfaceError, OperationalError

from gradetape.celery import MAKE_AHEAD, app
from gradetape.submissions import attempts, grading, warming
from gradetape.submissions.doorbell import GRADE

log = structlog.get_logger(__name__)


@app.task(name=GRADE, bind=True)
def grade(self: Task, submission_id: str) -> None:
    """Grade a submission, if it is still waiting for that: the same ring may come twice."""
    try:
        claim = attempts.claim(submission_id=UUID(submission_id), worker=self.request.hostname or "")
    except (OperationalError, InterfaceError) as error:
        log.warning("not claimed: the sweeper will ring again", submission=submission_id, reason=str(error))
        return
    if claim is not None:
        with structlog.contextvars.bound_contextvars(submission=submission_id):
            grading.grade(claim)


@app.task(name=MAKE_AHEAD)
def make_ahead() -> None:
    """Make wanted answers, one seed a task, so that people's submissions come in between."""
    if warming.make_one_ahead():
        make_ahead.apply_async()
