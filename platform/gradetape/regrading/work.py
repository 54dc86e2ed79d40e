"""A turn of a regrade: its next submission, or before the first the interviews that it takes in, or the end."""

from functools import partial

from django.utils import timezone

from gradetape.regrading import choosing, results
from gradetape.regrading.applying import keep, make_own
from gradetape.regrading.models import Regrade, RegradedSubmission
from gradetape.regrading.moving import move
from gradetape.regrading.telling import tell_webhooks
from gradetape.regrading.turns import REGRADES, mark_failed
from gradetape.submissions.lease import Lease
from gradetape.turntaking.turns import Turn


def step(turn: Turn[Regrade], lease: Lease) -> None:
    """Do what one turn is for. Raises Cancelled, JudgeError."""
    regrade = turn.job
    if regrade.has_to_move:
        REGRADES.pass_on(turn=turn, write=partial(move, regrade), moved_at=timezone.now())
        return
    row = regrade.rows.filter(turn=None).select_related("submission__version").first()
    if row is None:
        REGRADES.finish(turn=turn, write=partial(tell_webhooks, regrade.pk))
    else:
        _grade(turn, row, lease)


def _grade(turn: Turn[Regrade], row: RegradedSubmission, lease: Lease) -> None:
    regrade, submission = turn.job, row.submission
    trouble = choosing.trouble_with(submission)
    if trouble:
        REGRADES.pass_on(turn=turn, write=partial(mark_failed, row, turn.number, trouble))
        return
    found = results.known(regrade, submission.pk) or results.graded(regrade.package, submission, lease.cancelled)
    write = keep if regrade.is_shadow else make_own
    REGRADES.pass_on(turn=turn, write=partial(write, turn, row, found))
