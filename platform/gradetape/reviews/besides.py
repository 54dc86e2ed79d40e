"""All reviews of a sitting beside one another, for whoever may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradetape.accounts.models import User
from gradetape.interviews.models import Sitting, Task
from gradetape.reviews.guides import short_html
from gradetape.reviews.models import Comment, Review, Words, WordsKind
from gradetape.reviews.panels import Panel, Row, all_panels
from gradetape.reviews.rubrics import Criterion, Rubric, together


@dataclass(frozen=True)
class Column:
    """One review. `total` is 0 to 1; `comments` with their submissions and versions."""

    review: Review
    total: float | None
    panels: Sequence[Panel]
    summary: str
    comments: Sequence[Comment]


@dataclass(frozen=True)
class Line:
    """A criterion as each column scored it, and how far these are apart (None: not two scores)."""

    criterion: Criterion
    cells: Sequence[Row]

    @property
    def html(self) -> str:
        return short_html(self.criterion.title)

    @property
    def spread(self) -> int | None:
        levels = [row.score.level for row in self.cells if row.score and row.score.level is not None]
        return max(levels) - min(levels) if len(levels) > 1 else None


@dataclass(frozen=True)
class Table:
    """A task's criteria, all reviews beside one another."""

    task: Task
    lines: Sequence[Line]


@dataclass(frozen=True)
class Together:
    """What all reviews say that the viewer may see; `waiting` are as many more of others."""

    columns: Sequence[Column]
    tables: Sequence[Table]
    waiting: int

    @property
    def spread(self) -> float | None:
        """How far the totals are apart, 0 to 1."""
        totals = [one.total for one in self.columns if one.total is not None]
        return max(totals) - min(totals) if len(totals) > 1 else None


def together_of(sitting: Sitting, viewer: User, tasks: list[Task], rubrics: Mapping[int, Rubric]) -> Together:
    """Six queries, however many reviews."""
    mine = Review.objects.visible_to(viewer).filter(sitting=sitting, done_at__isnull=False)
    reviews = list(mine.select_related("reviewer").order_by("done_at"))
    panels = all_panels(reviews, viewer, sitting, tasks, rubrics)
    words = Words.objects.visible_to(viewer).filter(review__in=reviews, kind=WordsKind.SUMMARY)
    summaries = dict(words.values_list("review", "text"))
    comments = comments_of(reviews, viewer)
    columns = [
        Column(
            one, total_of(panels[one.pk]), panels[one.pk], summaries.get(one.pk, ""),
            [comment for comment in comments if comment.review_id == one.pk],
        )
        for one in reviews
    ]  # fmt: skip
    tables = [
        Table(task, _lines(rubrics[task.pk], [one.panels[at] for one in columns])) for at, task in enumerate(tasks)
    ]
    others = Review.objects.filter(sitting=sitting).exclude(reviewer=viewer).count()
    return Together(columns, tables, others - sum(one.reviewer_id != viewer.pk for one in reviews))


def total_of(panels: Sequence[Panel]) -> float | None:
    """What a review comes to, 0 to 1."""
    return together((panel.task.weight, panel.share) for panel in panels)


def comments_of(reviews: Sequence[Review], viewer: User) -> list[Comment]:
    """The comments of these reviews, in the order of the attempts and lines. One query."""
    rows = Comment.objects.visible_to(viewer).filter(review__in=reviews)
    found = rows.select_related("review__reviewer", "submission__version__challenge").defer("submission__source")
    return list(found.order_by("submission__created_at", "line", "pk"))


def _lines(rubric: Rubric, panels: Sequence[Panel]) -> list[Line]:
    return [Line(one, [panel.rows[at] for panel in panels]) for at, one in enumerate(rubric.criteria)]
