"""Writes on standings. Each is called by what it tells of, and takes its row last: nothing waits behind it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Sum

from grader.model import Verdict
from gradetape.standings.models import Activity, Standing, State
from gradetape.submissions.models import CaseResult, Kind, Submission

# Two signs of work that are further apart have a break in between.
BREAK = timedelta(minutes=10)
# Drafts are saved while they are typed; not each save has to be noted for the time to come out right.
NOTE_EVERY = timedelta(seconds=20)
QUARTER_MINUTES = 15


def note_work(*, user_id: int, challenge_id: int, at: datetime, sent: str = "") -> None:
    """Note a sign of work at a challenge: a save, or what was `sent` (a kind of submission).

    The time since the last sign of work anywhere is counted for this challenge, unless it was a break.
    """
    counted = sent in {Kind.RUN, Kind.SUBMIT}
    with transaction.atomic():
        # Before the row is made: its own beginning is no earlier sign of work.
        last = Standing.objects.filter(user_id=user_id).aggregate(last=Max("active_at"))["last"] or at
        standing = _locked(user_id, challenge_id, at)
        if not counted and timedelta(0) < at - standing.active_at < NOTE_EVERY:
            return
        seconds = (at - last).total_seconds() if timedelta(0) < at - last <= BREAK else 0.0
        standing.seconds += seconds
        standing.active_at = max(standing.active_at, at)
        standing.runs += sent == Kind.RUN
        if counted and standing.state == State.NEW:
            standing.state = State.TRIED
        standing.save(update_fields=["seconds", "active_at", "runs", "state"])
        if counted or seconds:
            _add(user_id, at, sent=int(counted), seconds=seconds)


def record(*, submission_id: UUID) -> None:
    """Take in a submission that has just been graded; one that doesn't count changes nothing."""
    graded = Submission.objects.graded().filter(pk=submission_id).select_related("version")
    submission = graded.only("candidate", "version__challenge", "created_at", "finished_at", "score", "verdict").first()
    if submission is None or submission.score is None:
        return
    with transaction.atomic():
        standing = _locked(submission.candidate_id, submission.version.challenge_id, submission.created_at)
        standing.attempts += 1
        if standing.best is None or submission.score >= standing.best:
            standing.best, standing.best_submission_id = submission.score, submission_id
            standing.parts = earned_in(submission_id)
        if submission.verdict == Verdict.ACCEPTED and standing.state != State.SOLVED:
            standing.state, standing.solved_at = State.SOLVED, submission.finished_at
            _add(submission.candidate_id, submission.finished_at or submission.created_at, solved=1)
        elif standing.state == State.NEW:
            standing.state = State.TRIED
        standing.save()


def count_anew(*, user_id: int, challenge_id: int) -> None:
    """Make a standing anew from all that was graded, after some of it got another grade.

    What was done when stays as it is: neither time nor activity changes.
    """
    graded = Submission.objects.graded().filter(candidate=user_id, version__challenge=challenge_id)
    rows = list(graded.order_by("finished_at", "created_at").values_list("pk", "score", "verdict", "finished_at"))
    with transaction.atomic():
        found = Standing.objects.select_for_update().filter(user=user_id, challenge=challenge_id).first()
        if found is None or not rows:
            return
        # As it would have come about: of equals the last.
        best, score, *_ = max(reversed(rows), key=lambda row: row[1] or 0.0)
        solved = [finished_at for _, _, verdict, finished_at in rows if verdict == Verdict.ACCEPTED]
        found.attempts, found.best_submission_id = len(rows), best
        found.best, found.parts = score, earned_in(best)
        found.state, found.solved_at = (State.SOLVED, solved[0]) if solved else (State.TRIED, None)
        found.save(update_fields=["attempts", "best", "best_submission", "parts", "state", "solved_at"])


def earned_in(submission_id: UUID) -> dict[str, float]:
    """The points that a submission earned in each part."""
    rows = CaseResult.objects.filter(submission_id=submission_id).order_by().values_list("part")
    return dict(rows.annotate(total=Sum("earned")))


def quarter_of(at: datetime) -> datetime:
    """The start of the quarter of an hour."""
    return at.replace(minute=at.minute - at.minute % QUARTER_MINUTES, second=0, microsecond=0)


def _locked(user_id: int, challenge_id: int, at: datetime) -> Standing:
    standing, _ = Standing.objects.select_for_update().get_or_create(
        user_id=user_id, challenge_id=challenge_id, defaults={"started_at": at, "active_at": at}
    )
    return standing


def _add(user_id: int, at: datetime, **amounts: float) -> None:
    row, _ = Activity.objects.get_or_create(user_id=user_id, quarter=quarter_of(at))
    changes = {name: F(name) + amount for name, amount in amounts.items()}
    Activity.objects.filter(pk=row.pk).update(**changes)
