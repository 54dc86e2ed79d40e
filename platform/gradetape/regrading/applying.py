"""What a new grading does: put down beside the old one, or in its place.

Both happen within the transaction that ends the turn, with the submission's row held. So a grading takes the other's
place once and whole, whatever worker dies.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from grader.model import GradeResult
from gradetape.accounts.leaving import forget_stories
from gradetape.audit import log
from gradetape.interviews.models import Sitting
from gradetape.regrading.choosing import trouble_with
from gradetape.regrading.models import Regrade, RegradedSubmission
from gradetape.regrading.results import Graded
from gradetape.regrading.turns import mark_failed
from gradetape.reviews.actions.points import follow
from gradetape.reviews.attempts import changed
from gradetape.reviews.models import Override
from gradetape.standings.actions import count_anew
from gradetape.submissions.models import Attempt, CaseResult, Ending, Submission, SubmissionEvent
from gradetape.submissions.results import case_rows, fields_of, told_of
from gradetape.submissions.story import Event, EventId
from gradetape.submissions.text import storable
from gradetape.turntaking.turns import Turn


def keep(turn: Turn[Regrade], row: RegradedSubmission, found: Graded) -> None:
    """Put the new grading beside the old one."""
    submission = _held(row)
    if submission is not None:
        _put_down(turn, row, _compared(submission, found.result), result=found.stored())


def make_own(turn: Turn[Regrade], row: RegradedSubmission, found: Graded) -> None:
    """Put the new grading in the old one's place: columns, cases, story, points given by people, standing, log."""
    submission = _held(row)
    if submission is None:
        return
    trouble = trouble_with(submission)
    if trouble:
        mark_failed(row, turn.number, trouble)
        return
    facts = _compared(submission, found.result)
    _replace(turn.job, submission, found)
    points = {case.case: (case.earned, case.points) for case in found.result.cases}
    revoked = follow(submission=submission, points=points, by=turn.job.started_by)
    _put_down(turn, row, facts, applied_at=timezone.now())
    _note(turn.job, submission, facts, revoked)
    # Last of all: nothing waits behind a standing.
    count_anew(user_id=submission.candidate_id, challenge_id=turn.job.challenge_id)


def _held(row: RegradedSubmission) -> Submission | None:
    """The submission as it is now; None when it is gone."""
    locked = Submission.objects.select_for_update(of=("self",)).select_related("version")
    return locked.filter(pk=row.submission_id).first()


def _put_down(turn: Turn[Regrade], row: RegradedSubmission, facts: dict[str, Any], **more: Any) -> None:
    RegradedSubmission.objects.filter(pk=row.pk).update(turn=turn.number, **facts, **more)


def _compared(submission: Submission, result: GradeResult) -> dict[str, Any]:
    """The columns of a row that say what it was and what it is now."""
    was_cases = dict(submission.cases.values_list("case", "outcome"))
    cases = {case.case: case.outcome.value for case in result.cases}
    given = list(Override.objects.filter(submission=submission, revoked_at=None))
    was, now = (submission.verdict, submission.score, was_cases), (result.verdict.value, result.score, cases)
    return {
        "was_version": submission.version_id, "was_verdict": submission.verdict, "was_score": submission.score,
        "was_counted": changed(submission.score or 0.0, sum(one.points - one.was for one in given)),
        "was_cases": was_cases,
        "verdict": result.verdict.value, "score": result.score, "cases": cases,
        "counted": changed(result.score, _given(given, result)),
        "is_changed": was != now,
    }  # fmt: skip


def _given(overrides: Iterable[Override], result: GradeResult) -> float:
    """By how much people's points change the new score."""
    cases = {case.case: case for case in result.cases}
    kept = [(one.points, cases[one.case]) for one in overrides if one.case in cases]
    return sum(min(points, case.points) - case.earned for points, case in kept)


def _replace(regrade: Regrade, submission: Submission, found: Graded) -> None:
    """The new grading's columns, attempt, cases and story. When it was sent and graded first stays."""
    result, number, now = found.result, submission.attempt + 1, timezone.now()
    Submission.objects.filter(pk=submission.pk).update(
        version=regrade.version_id, seed=result.seed, attempt=number, **fields_of(result)
    )
    Attempt.objects.create(
        submission=submission, number=number, worker=regrade.worker, started_at=now, ended_at=now,
        ending=Ending.REGRADED, libraries=storable(dict(result.libraries)),
    )  # fmt: skip
    submission.cases.all().delete()
    CaseResult.objects.bulk_create(case_rows(submission.pk, result))
    # What was told before any attempt, that it was queued, stays.
    submission.events.filter(attempt__gt=0).delete()
    story = [*found.story, ("finished", told_of(result))]
    events = [Event.of(EventId(number, place), *told) for place, told in enumerate(story, start=1)]
    SubmissionEvent.objects.bulk_create([event.row(submission.pk) for event in events], batch_size=500)
    transaction.on_commit(partial(forget_stories, [submission.pk]))


def _note(regrade: Regrade, submission: Submission, facts: dict[str, Any], revoked: list[str]) -> None:
    """In the log of the sitting's interview, or of the challenge."""
    mine = Sitting.objects.filter(candidate=submission.candidate_id).select_related("invitation__interview")
    sitting = mine.first()
    where = {
        "scope": sitting.interview.scope if sitting else regrade.log_scope,
        "about": f"sitting:{sitting.pk}" if sitting else f"submission:{submission.pk}",
    }
    assert regrade.version is not None
    log.record(
        actor=regrade.started_by, action="submission.regraded", **where,
        submission=str(submission.pk), challenge=regrade.challenge.slug,
        version=[submission.version.number, regrade.version.number],
        was=facts["was_score"], now=facts["score"], verdict=[facts["was_verdict"], facts["verdict"]],
        revoked=revoked,
    )  # fmt: skip
