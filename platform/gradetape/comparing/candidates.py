"""All that an interview knows of the candidates who began, for pages that set them side by side.

Whatever is told of a person is told by naming.py, and of reviews what the viewer may see of them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.interviews.models import Interview, Sitting, Task
from gradetape.interviews.naming import names_of
from gradetape.interviews.progress import CandidateRow, Mark, candidates_of
from gradetape.reviews.models import Override, Recommendation
from gradetape.reviews.reading import Said, recommendations_of
from gradetape.submissions.models import CaseResult, Kind, Submission

# The points of a submission by the ids of its parts.
Points = dict[str, float]


@dataclass(frozen=True)
class Portion:
    """What was earned of a part's points, by what counts: overridden points, where there are some."""

    id: str
    title: str
    points: float
    earned: float

    @property
    def share(self) -> float:
        return max(0.0, min(1.0, self.earned / self.points)) if self.points else 0.0


@dataclass(frozen=True)
class Earned:
    """The submission that counts for a task. `at`: when it was sent, in seconds since the sitting began."""

    task: Task
    mark: Mark
    at: float
    portions: Sequence[Portion]

    @property
    def share(self) -> float:
        return self.mark.score / 100


@dataclass(frozen=True)
class Candidate:
    """One who began. `order` is their place among all, `seconds` the time used so far, `total` in percent.

    `said` are the finished reviews that the viewer may see.
    """

    name: str
    order: int
    sitting: Sitting
    earned: Sequence[Earned | None]
    total: float | None
    seconds: float
    sent: Mapping[int, Mapping[str, int]]
    said: Sequence[Said] = field(default_factory=list)
    open: int = 0

    @property
    def attempts(self) -> int:
        return sum(self.sent_for(challenge)[0] for challenge in self.sent)

    @property
    def runs(self) -> int:
        return sum(self.sent_for(challenge)[1] for challenge in self.sent)

    def sent_for(self, challenge_id: int) -> tuple[int, int]:
        """How many submissions and how many runs."""
        counts = self.sent.get(challenge_id, {})
        return counts.get(Kind.SUBMIT, 0), counts.get(Kind.RUN, 0)

    @property
    def advised(self) -> list[Recommendation]:
        """What these reviews recommend, without those that abstain."""
        return [advice for one in self.said if (advice := one.recommendation) and advice != Recommendation.ABSTAIN]

    @property
    def rubric(self) -> float | None:
        """The mean of what these reviews come to, in percent."""
        totals = [one.total for one in self.said if one.total is not None]
        return 100 * sum(totals) / len(totals) if totals else None

    def moment_url(self, earned: Earned) -> str:
        """Where the replay shows how it was earned."""
        page = reverse("interview_replay", args=[self.sitting.interview.pk, self.sitting.pk])
        return f"{page}?{urlencode({'at': earned.at, 'task': earned.task.challenge.slug})}"


def tasks_of(interview: Interview) -> list[Task]:
    """The tasks in their order with their challenges and versions, without the large texts. One query."""
    rows = interview.tasks.select_related("challenge", "version")
    return list(rows.defer("version__statement", "version__statement_html", "version__starter"))


def began(interview: Interview, tasks: Sequence[Task], viewer: User) -> list[Candidate]:
    """Everybody who began, in the order of their names. However many they are, twelve queries."""
    rows = candidates_of(interview, tasks)
    names = names_of(interview, [row.invitation for row in rows])
    order = {pk: place for place, pk in enumerate(names)}
    found = Found.of(rows)
    said = {
        sitting: [one for one in all_of_them if one.review.is_done]
        for sitting, all_of_them in recommendations_of(interview, viewer).items()
    }
    candidates = [
        _candidate(row, row.sitting, names[row.invitation.pk], order[row.invitation.pk], tasks, found, said)
        for row in rows
        if row.sitting and row.sitting.started_at
    ]
    if not interview.hides_names:
        candidates.sort(key=lambda one: one.name.casefold())
        return candidates
    return sorted(candidates, key=lambda one: one.order)


def _candidate(
    row: CandidateRow, sitting: Sitting, name: str, order: int, tasks: Sequence[Task], found: "Found",
    said: Mapping[UUID, list[Said]],
) -> Candidate:  # fmt: skip
    assert sitting.started_at is not None
    until = sitting.finished_at or timezone.now()
    return Candidate(
        name=name, order=order, sitting=sitting, total=row.total,
        earned=[_earned(task, mark, sitting.started_at, found) for task, mark in zip(tasks, row.marks, strict=True)],
        seconds=(until - sitting.started_at).total_seconds(),
        sent=found.sent.get(sitting.candidate_id, {}), said=said.get(sitting.pk, []), open=row.open,
    )  # fmt: skip


def _earned(task: Task, mark: Mark | None, started_at: datetime, found: "Found") -> Earned | None:
    if mark is None:
        return None
    # Rounded up, so that the replay stands behind the moment and not before it.
    at = math.ceil(1000 * max(0.0, (found.sent_at[mark.submission_id] - started_at).total_seconds())) / 1000
    points = found.points.get(mark.submission_id, {})
    parts: list[dict[str, Any]] = task.version.parts if task.version else []
    portions = [
        Portion(part["id"], part["title"], part["points"], points.get(part["id"], 0.0))
        for part in parts
        if part["points"]
    ]
    return Earned(task, mark, at, portions)


@dataclass(frozen=True)
class Found:
    """Asked for all at once: points by submission, when it was sent, how many by person, challenge and kind."""

    points: Mapping[UUID, Points]
    sent_at: Mapping[UUID, datetime]
    sent: Mapping[int, Mapping[int, Mapping[str, int]]]

    @classmethod
    def of(cls, rows: Iterable[CandidateRow]) -> "Found":
        """Four queries."""
        listed = list(rows)
        best = [mark.submission_id for row in listed for mark in row.marks if mark]
        people = [row.sitting.candidate_id for row in listed if row.sitting]
        sent: dict[int, dict[int, dict[str, int]]] = {}
        counted = Submission.objects.filter(candidate__in=people).order_by()
        for candidate, challenge, kind, count in counted.values_list(
            "candidate", "version__challenge", "kind"
        ).annotate(count=Count("pk")):
            sent.setdefault(candidate, {}).setdefault(challenge, {})[kind] = count
        sent_at = dict(Submission.objects.filter(pk__in=best).values_list("pk", "created_at"))
        return cls(points_of(best), sent_at, sent)


def points_of(submissions: Sequence[UUID]) -> dict[UUID, Points]:
    """The points by part, overrides included. Two queries."""
    points: dict[UUID, Points] = {}
    # Of each submission's own cases: two of one task may be graded with two versions while these are regraded.
    parts: dict[tuple[UUID, str], str] = {}
    results = CaseResult.objects.filter(submission__in=submissions).order_by()
    for submission, case, part, earned in results.values_list("submission", "case", "part", "earned"):
        mine = points.setdefault(submission, {})
        mine[part] = mine.get(part, 0.0) + earned
        parts[submission, case] = part
    changes = Override.objects.filter(submission__in=submissions, revoked_at=None)
    for submission, case, was, given in changes.values_list("submission", "case", "was", "points"):
        points[submission][parts[submission, case]] += given - was
    return points


def counting(candidates: Iterable[Candidate]) -> dict[int, list[UUID]]:
    """The submissions that count, by the task's id."""
    found: dict[int, list[UUID]] = {}
    for candidate in candidates:
        for earned in candidate.earned:
            if earned:
                found.setdefault(earned.task.pk, []).append(earned.mark.submission_id)
    return found


def counting_for(task: Task) -> list[UUID]:
    """Those of one task, of everybody who began."""
    rows = candidates_of(task.interview, [task])
    return [mark.submission_id for row in rows for mark in row.marks if mark and row.sitting and row.sitting.started_at]
