"""Grading a claimed submission: the engine works, a thread keeps the lease, the teller tells."""

import time
from functools import partial

import structlog
from django.db import InterfaceError, OperationalError, connection

from grader.events import Event
from grader.exceptions import Cancelled
from grader.model import GradeRequest, GradeResult, Verdict
from gradetape.catalog.packages import package_of
from gradetape.submissions import attempts, engines
from gradetape.submissions.actions import cancel_key
from gradetape.submissions.attempts import Claim
from gradetape.submissions.lease import Lease
from gradetape.submissions.models import Ending, Kind
from gradetape.submissions.pacing import PacedTeller
from gradetape.submissions.results import passed_on
from gradetape.submissions.teller import Teller

log = structlog.get_logger(__name__)

# Two minutes; in short steps, since the sweeper is as eager when the database comes back.
DATABASE_PATIENCE = (0, 0.5, *[1] * 120)


def grade(claim: Claim) -> None:
    """Grade the claimed submission to its end: a verdict, or the submission given back."""
    teller = Teller(claim.submission.pk, claim.attempt)
    with Lease(partial(attempts.heartbeat, claim=claim), cancel_key(claim.submission)) as lease:
        try:
            result = _run(claim, lease, teller)
        except Cancelled:
            log.info("grading stopped", attempt=claim.attempt)
            return
        except Exception as error:  # the outer edge: whatever breaks in here is our fault, not the candidate's
            log.exception("grading failed", attempt=claim.attempt)
            _give_back(claim, lease, f"{type(error).__name__}: {error}")
            return
        if result.verdict == Verdict.JUDGE_ERROR:
            _give_back(claim, lease, result.message or "the engine gave no reason")
        else:
            _insist(partial(attempts.finish, claim=claim, result=result, teller=teller))


def _run(claim: Claim, lease: Lease, teller: Teller) -> GradeResult:
    submission = claim.submission
    request = GradeRequest(
        package=package_of(submission.version.digest),
        source=bytes(submission.source),
        seed=submission.seed,
        samples_only=submission.kind == Kind.RUN,
        cancelled=lease.cancelled,
        snippet=None if submission.snippet is None else bytes(submission.snippet),
    )
    hidden = [case["id"] for case in submission.version.cases if not case["sample"]]
    with PacedTeller(teller, hidden) as paced:
        return engines.current().grade(request, partial(_relay, paced))


def _relay(teller: PacedTeller, event: Event) -> None:
    """Pass an event on, if it is one that is told."""
    told = passed_on(event)
    if told is not None:
        teller.tell(*told)


def _give_back(claim: Claim, lease: Lease, fault: str) -> None:
    """Have it graded again, once there is a host that can do better."""
    engines.await_host(give_up=lease.cancelled)
    _insist(
        partial(
            attempts.give_back,
            submission_id=claim.submission.pk, attempt=claim.attempt, ending=Ending.FAULT, fault=fault,
        )
    )  # fmt: skip


def _insist(write: "partial[bool]") -> None:
    """Write the end of an attempt, waiting out a database that restarts. The lease is kept meanwhile."""
    for patience in DATABASE_PATIENCE:
        time.sleep(patience)
        try:
            if not write():
                log.warning("attempt no longer ours: nothing written")
        except (OperationalError, InterfaceError) as error:
            log.warning("end of an attempt not written yet", reason=str(error))
            connection.close()
        else:
            return
    log.error("end of an attempt not written: the sweeper will have it graded again")
