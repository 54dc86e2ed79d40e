"""What a candidate sent in a sitting, with the points that people gave in the judge's place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from grader.model import Verdict
from gradetape.interviews.models import Sitting, Task
from gradetape.reviews.models import Override
from gradetape.submissions.models import CaseResult, Kind, State, Submission
from gradetape.submissions.models.submission import SubmissionQuerySet


@dataclass(frozen=True)
class Attempt:
    """A run or a submission. `score` goes by the overridden points, `was` is the judge's where these differ."""

    submission: Submission
    score: float | None
    was: float | None
    counts: bool
    number: int


@dataclass(frozen=True)
class Case:
    """How a case ended, who changed its points (None: nobody), and what was changed and revoked before."""

    result: CaseResult
    override: Override | None
    revoked: Sequence[Override]

    @property
    def points(self) -> float:
        return self.override.points if self.override else self.result.earned


def attempts_of(sitting: Sitting) -> SubmissionQuerySet:
    """Runs and submissions of a sitting, the oldest first."""
    mine = Submission.objects.filter(candidate_id=sitting.candidate_id).in_histories()
    return mine.select_related("version__challenge").order_by("created_at", "pk")


def changes_of(people: Iterable[int]) -> dict[UUID, float]:
    """By how many points overrides change the scores of these candidates' submissions. One query."""
    found: dict[UUID, float] = {}
    rows = Override.objects.filter(submission__candidate__in=people, revoked_at=None)
    for submission_id, was, points in rows.values_list("submission", "was", "points"):
        found[submission_id] = found.get(submission_id, 0.0) + points - was
    return found


def changed(score: float, by: float) -> float:
    """A score after its points were changed; never out of 0 to 100."""
    return round(max(0.0, min(100.0, score + by)), 2)


def listed(sitting: Sitting, tasks: Iterable[Task]) -> dict[int, list[Attempt]]:
    """All attempts at each task by its id, the oldest first; the one that counts is marked. Two queries."""
    changes = changes_of([sitting.candidate_id])
    rows: dict[int, list[Submission]] = {}
    for row in attempts_of(sitting).listed():
        rows.setdefault(row.version.challenge_id, []).append(row)
    return {task.pk: _numbered(rows.get(task.challenge_id, []), changes) for task in tasks}


def _numbered(rows: Sequence[Submission], changes: Mapping[UUID, float]) -> list[Attempt]:
    scores = {row.pk: row.score for row in rows}
    for row in rows:
        if row.score is not None and row.pk in changes:
            scores[row.pk] = changed(row.score, changes[row.pk])
    # max() keeps the first of equals, which is the oldest.
    best = max((row for row in rows if _is_graded(row)), key=lambda row: scores[row.pk] or 0.0, default=None)
    return [
        Attempt(row, scores[row.pk], row.score if row.pk in changes else None, row is best, number)
        for number, row in enumerate(rows, start=1)
    ]


def _is_graded(row: Submission) -> bool:
    return row.kind == Kind.SUBMIT and row.state == State.FINISHED and row.verdict != Verdict.JUDGE_ERROR


def cases_of(submission: Submission) -> list[Case]:
    """The cases with their overrides. Two queries."""
    overrides: dict[str, list[Override]] = {}
    rows: QuerySet[Override] = Override.objects.filter(submission=submission).select_related("by", "revoked_by")
    for row in rows.order_by("at"):
        overrides.setdefault(row.case, []).append(row)
    return [_case(result, overrides.get(result.case, [])) for result in submission.cases.all()]


def _case(result: CaseResult, overrides: Sequence[Override]) -> Case:
    valid = next((one for one in overrides if one.revoked_at is None), None)
    return Case(result, valid, [one for one in overrides if one.revoked_at])


def last_line(submission: Submission) -> int:
    """The number of the last line, as the viewer counts them."""
    return submission.text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
