"""What is printed of candidates: what they reached and sent, and what those reviewers said whom the viewer may read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from gradetape.comparing.candidates import Candidate, Earned
from gradetape.interviews.models import Task
from gradetape.reviews.editions import rubrics_of
from gradetape.reviews.models import Comment, Override, Score, Words, WordsKind
from gradetape.reviews.reading import Said
from gradetape.reviews.rubrics import Rubric
from gradetape.submissions.models import CaseResult, Submission
from gradetape.submissions.text import decoded

Row = TypeVar("Row", Comment, Score)


@dataclass(frozen=True)
class Change:
    """Other points than the judge's, and the case they are for."""

    override: Override
    title: str


@dataclass(frozen=True)
class CodeLine:
    """A line of code and what reviewers say of it."""

    number: int
    text: str
    comments: Sequence[Comment]


@dataclass(frozen=True)
class Level:
    """What a reviewer found of a criterion: 0 to 4, None for a note alone."""

    criterion: str
    level: int | None
    note: str


@dataclass(frozen=True)
class TaskReport:
    """One task of a candidate. `code` are the lines of the submission that counts."""

    task: Task
    earned: Earned | None
    submissions: int
    runs: int
    changes: Sequence[Change] = field(default_factory=list)
    code: Sequence[CodeLine] = field(default_factory=list)


@dataclass(frozen=True)
class ReviewReport:
    """A finished review. `elsewhere` are comments on what is not printed here."""

    said: Said
    summary: str
    levels: Sequence[tuple[Task, Sequence[Level]]]
    elsewhere: Sequence[Comment]

    @property
    def percent(self) -> float | None:
        return None if self.said.total is None else 100 * self.said.total


@dataclass(frozen=True)
class CandidateReport:
    """A candidate's pages."""

    candidate: Candidate
    tasks: Sequence[TaskReport]
    reviews: Sequence[ReviewReport]


def reports_of(tasks: Sequence[Task], candidates: Sequence[Candidate], *, with_code: bool) -> list[CandidateReport]:
    """A report for each. However many they are, eight queries."""
    best = [earned.mark.submission_id for one in candidates for earned in one.earned if earned]
    reviews = [said.review.pk for one in candidates for said in one.said]
    parts = Parts.of(best, reviews, tasks, with_code=with_code)
    return [
        CandidateReport(
            one, [_task(one, at, task, parts) for at, task in enumerate(tasks)], _reviews(one, tasks, parts)
        )
        for one in candidates
    ]


@dataclass(frozen=True)
class Parts:
    """All that reports consist of, for all candidates at once."""

    sources: Mapping[UUID, str]
    changes: Mapping[UUID, list[Change]]
    comments: Mapping[int, list[Comment]]
    scores: Mapping[int, list[Score]]
    summaries: Mapping[int, str]
    rubrics: Mapping[int, Rubric]

    @classmethod
    def of(cls, best: Sequence[UUID], reviews: Sequence[int], tasks: Sequence[Task], *, with_code: bool) -> "Parts":
        rows = Submission.objects.filter(pk__in=best if with_code else []).values_list("pk", "source")
        comments = Comment.objects.filter(review__in=reviews).exclude(text="").select_related("review__reviewer")
        scores = Score.objects.filter(review__in=reviews)
        summaries = Words.objects.filter(review__in=reviews, kind=WordsKind.SUMMARY)
        return cls(
            sources={pk: decoded(source) for pk, source in rows},
            changes=_changes(best),
            comments=_by_review(comments),
            scores=_by_review(scores),
            summaries=dict(summaries.values_list("review", "text")),
            rubrics=rubrics_of(tasks),
        )


def _by_review(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.review_id, []).append(row)
    return found


def _changes(submissions: Sequence[UUID]) -> dict[UUID, list[Change]]:
    rows = Override.objects.filter(submission__in=submissions, revoked_at=None).select_related("by")
    changed = list(rows)
    results = CaseResult.objects.filter(submission__in={one.submission_id for one in changed})
    titles = {(pk, case): title for pk, case, title in results.values_list("submission", "case", "title")}
    found: dict[UUID, list[Change]] = {}
    for one in changed:
        title = titles.get((one.submission_id, one.case), one.case)
        found.setdefault(one.submission_id, []).append(Change(one, title))
    return found


def _task(one: Candidate, place: int, task: Task, parts: Parts) -> TaskReport:
    earned = one.earned[place]
    submissions, runs = one.sent_for(task.challenge_id)
    if earned is None:
        return TaskReport(task, None, submissions, runs)
    pk = earned.mark.submission_id
    said: dict[int, list[Comment]] = {}
    for review in one.said:
        for comment in parts.comments.get(review.review.pk, []):
            if comment.submission_id == pk:
                said.setdefault(comment.line, []).append(comment)
    code = [
        CodeLine(number, text, said.get(number, []))
        for number, text in enumerate(_lines(parts.sources.get(pk, "")), start=1)
    ]
    return TaskReport(task, earned, submissions, runs, parts.changes.get(pk, []), code)


def _lines(source: str) -> list[str]:
    """As the page of the review counts them."""
    text = source.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    return text.split("\n") if text else []


def _reviews(one: Candidate, tasks: Sequence[Task], parts: Parts) -> list[ReviewReport]:
    printed = parts.sources.keys()
    return [
        ReviewReport(
            said=said,
            summary=parts.summaries.get(said.review.pk, ""),
            levels=[(task, _levels(task, parts.scores.get(said.review.pk, []), parts.rubrics)) for task in tasks],
            elsewhere=[row for row in parts.comments.get(said.review.pk, []) if row.submission_id not in printed],
        )
        for said in one.said
    ]


def _levels(task: Task, scores: Iterable[Score], rubrics: Mapping[int, Rubric]) -> list[Level]:
    """In the order of the rubric; what it has no criterion for any more is left out."""
    by_criterion = {score.criterion: score for score in scores if score.task_id == task.pk}
    return [
        Level(criterion.title, by_criterion[criterion.id].level, by_criterion[criterion.id].text)
        for criterion in rubrics[task.pk].criteria
        if criterion.id in by_criterion
        and (by_criterion[criterion.id].level is not None or by_criterion[criterion.id].text)
    ]
