"""How far sittings are: for their candidates as far as they may know, for interviewers in full."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q

from grader.model import Outcome
from gradetape.interviews.models import Interview, Invitation, Sitting, Task, Visibility
from gradetape.reviews.attempts import changed, changes_of
from gradetape.submissions.models import Draft, Kind, State, Submission
from gradetape.submissions.models.submission import SubmissionQuerySet

RECENT = 50


@dataclass(frozen=True)
class Desk:
    """A task as its candidate sees it: `new`, `begun`, `sent`; with the best score where they may know it."""

    task: Task
    state: str
    best: float | None = None


def desks_of(sitting: Sitting) -> list[Desk]:
    """The sitting's tasks in their order. Three queries, or four where scores are told."""
    tasks = list(sitting.interview.tasks.select_related("challenge"))
    mine = Submission.objects.filter(candidate_id=sitting.candidate_id)
    sent = set(mine.filter(kind=Kind.SUBMIT).values_list("version__challenge", flat=True).order_by().distinct())
    begun = set(Draft.objects.filter(candidate_id=sitting.candidate_id).values_list("challenge", flat=True))
    best = {}
    if sitting.interview.visibility == Visibility.EVERYTHING:
        best = {mark.challenge_id: mark.score for mark in _best([sitting.candidate_id]).values()}
    return [Desk(task, _state(task.challenge_id, sent, begun), best.get(task.challenge_id)) for task in tasks]


def _state(challenge_id: int, sent: set[int], begun: set[int]) -> str:
    return "sent" if challenge_id in sent else "begun" if challenge_id in begun else "new"


def sent_for(sitting: Sitting, task: Task) -> SubmissionQuerySet:
    """All that was sent for a task, with whatever version of its challenge it is graded: a regrade may change that."""
    return Submission.objects.filter(candidate_id=sitting.candidate_id, version__challenge=task.challenge_id)


@dataclass(frozen=True)
class SentRow:
    """One of a candidate's submissions, as far as they may know what came of it."""

    kind: str
    created_at: datetime
    state: str
    verdict: str | None
    score: float | None
    passed: int | None
    total: int | None


def sent_rows(sitting: Sitting, task: Task) -> list[SentRow]:
    """What was sent for a task, the newest first, under the interview's rule."""
    visibility = sitting.interview.visibility
    mine = sent_for(sitting, task).in_histories()
    passed = Count("cases", filter=Q(cases__outcome=Outcome.PASSED))
    rows: list[Any] = list(mine.listed().annotate(passed=passed, total=Count("cases"))[:RECENT])
    return [_sent_row(row, visibility) for row in rows]


def _sent_row(row: Any, visibility: str) -> SentRow:
    is_told = visibility == Visibility.EVERYTHING or row.kind == Kind.RUN
    has_counts = (is_told or visibility == Visibility.COUNTS) and row.state == State.FINISHED
    return SentRow(
        kind=row.kind, created_at=row.created_at, state=row.state,
        verdict=row.verdict if is_told else None, score=row.score if is_told else None,
        passed=row.passed if has_counts else None, total=row.total if has_counts else None,
    )  # fmt: skip


def left_over(sitting: Sitting, task: Task) -> int | None:
    """The bytes of what was typed last, where it was too large to be handed in at the end."""
    draft = Draft.objects.filter(candidate_id=sitting.candidate_id, challenge_id=task.challenge_id).first()
    size = len(draft.content) if draft and sitting.finished_at else 0
    return size if size > settings.SOURCE_LIMIT else None


@dataclass(frozen=True)
class Mark:
    """The best that somebody reached at a challenge; of equals the first.

    `was` is the judge's score where a person gave other points.
    """

    challenge_id: int
    submission_id: UUID
    score: float
    was: float | None = None


@dataclass(frozen=True)
class CandidateRow:
    """An invitation with its sitting, as interviewers see them. `total` is in percent, by the tasks' weights."""

    invitation: Invitation
    sitting: Sitting | None
    marks: list[Mark | None] = field(default_factory=list)
    total: float | None = None
    open: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether a person gave other points than the judge."""
        return any(mark is not None and mark.was is not None for mark in self.marks)


def candidates_of(interview: Interview, tasks: Iterable[Task]) -> list[CandidateRow]:
    """Everybody who was invited, with what they reached by the overridden points. Four queries, however many."""
    asked = list(tasks)
    invitations = list(interview.invitations.select_related("sitting__candidate", "interview"))
    sittings = {one.pk: one.sitting for one in invitations if hasattr(one, "sitting")}
    people = [sitting.candidate_id for sitting in sittings.values()]
    best = _best(people, changes_of(people))
    waiting = dict(
        Submission.objects.filter(candidate__in=people, kind=Kind.SUBMIT).open().order_by()
        .values_list("candidate").annotate(open=Count("pk"))
    )  # fmt: skip
    return [_row(one, sittings.get(one.pk), asked, best, waiting) for one in invitations]


def _row(
    invitation: Invitation,
    sitting: Sitting | None,
    tasks: list[Task],
    best: dict[tuple[int, int], Mark],
    waiting: dict[int, int],
) -> CandidateRow:
    if sitting is None:
        return CandidateRow(invitation, None, [None] * len(tasks))
    marks = [best.get((sitting.candidate_id, task.challenge_id)) for task in tasks]
    weights = sum(task.weight for task in tasks)
    earned = sum(task.weight * mark.score for task, mark in zip(tasks, marks, strict=True) if mark)
    total = earned / weights if weights and sitting.started_at else None
    return CandidateRow(invitation, sitting, marks, total, waiting.get(sitting.candidate_id, 0))


def _best(people: Iterable[int], changes: Mapping[UUID, float] | None = None) -> dict[tuple[int, int], Mark]:
    """The best graded submission of each person and challenge; by what overrides change, where that is asked for."""
    rows = Submission.objects.filter(candidate__in=people).graded().order_by("-created_at")
    best: dict[tuple[int, int], Mark] = {}
    for candidate, challenge, pk, score in rows.values_list("candidate", "version__challenge", "pk", "score"):
        mark = _mark(challenge, pk, score or 0.0, changes or {})
        present = best.get((candidate, challenge))
        if present is None or mark.score >= present.score:
            best[candidate, challenge] = mark
    return best


def _mark(challenge: int, pk: UUID, score: float, changes: Mapping[UUID, float]) -> Mark:
    return Mark(challenge, pk, changed(score, changes[pk]), score) if pk in changes else Mark(challenge, pk, score)
