"""A reviewer's own scores of a task, laid out by its rubric as it is now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from gradetape.accounts.models import User
from gradetape.interviews.models import Sitting, Task
from gradetape.reviews.evidence import Link, link_of
from gradetape.reviews.guides import short_html
from gradetape.reviews.models import Evidence, Review, Score
from gradetape.reviews.rubrics import Criterion, Rubric, share


@dataclass(frozen=True)
class Level:
    """One of the five. `html` is safe."""

    number: int
    html: str


@dataclass(frozen=True)
class Row:
    """A criterion with one's score of it, if there is one. `html` is its title, safe."""

    criterion: Criterion
    score: Score | None
    links: Sequence[Link]

    @property
    def html(self) -> str:
        return short_html(self.criterion.title)

    @property
    def levels(self) -> list[Level]:
        return [Level(number, short_html(text)) for number, text in enumerate(self.criterion.levels)]

    @property
    def level_html(self) -> str:
        """What the level that was chosen says."""
        level = self.score.level if self.score else None
        return "" if level is None else short_html(self.criterion.levels[level])

    @property
    def is_dated(self) -> bool:
        """Whether it was scored when it read differently."""
        score = self.score
        return score is not None and score.level is not None and score.wording != self.criterion.wording


@dataclass(frozen=True)
class Panel:
    """A task's rubric as somebody scored it. `removed` are scores whose criterion is gone: kept, and not counted."""

    task: Task
    rubric: Rubric
    rows: Sequence[Row]
    removed: Sequence[Score]

    @property
    def share(self) -> float | None:
        levels = {row.criterion.id: row.score.level for row in self.rows if row.score}
        return share(self.rubric, {name: level for name, level in levels.items() if level is not None})

    @property
    def scored(self) -> int:
        return sum(row.score is not None and row.score.level is not None for row in self.rows)

    @property
    def is_dated(self) -> bool:
        return any(row.is_dated for row in self.rows)


def panels_of(
    review: Review | None, viewer: User, sitting: Sitting, tasks: list[Task], rubrics: Mapping[int, Rubric]
) -> list[Panel]:
    """The panels of all tasks, as far as the viewer may see the review. Two queries."""
    return all_panels([review] if review else [], viewer, sitting, tasks, rubrics)[review.pk if review else 0]


def all_panels(
    reviews: Iterable[Review], viewer: User, sitting: Sitting, tasks: list[Task], rubrics: Mapping[int, Rubric]
) -> dict[int, list[Panel]]:
    """The panels of each review by its id; those of no review under 0. Two queries, however many reviews."""
    asked = [review.pk for review in reviews]
    pointing = Evidence.objects.select_related("submission__version__challenge").defer("submission__source")
    rows = Score.objects.visible_to(viewer).filter(review__in=asked).prefetch_related(Prefetch("evidence", pointing))
    scores: dict[int, list[Score]] = {pk: [] for pk in asked or [0]}
    for row in rows:
        scores[row.review_id].append(row)
    return {pk: [_panel(task, rubrics[task.pk], mine, sitting, tasks) for task in tasks] for pk, mine in scores.items()}


def _panel(task: Task, rubric: Rubric, scores: Iterable[Score], sitting: Sitting, tasks: list[Task]) -> Panel:
    mine = {score.criterion: score for score in scores if score.task_id == task.pk}
    rows = [
        Row(one, mine.get(one.id), links_of(mine[one.id], sitting, tasks) if one.id in mine else [])
        for one in rubric.criteria
    ]
    removed = [score for name, score in mine.items() if rubric.criterion(name) is None and score.level is not None]
    return Panel(task, rubric, rows, removed)


def links_of(score: Score, sitting: Sitting, tasks: list[Task]) -> list[Link]:
    """What a score rests on, as links."""
    return [link_of(one, sitting, tasks) for one in score.evidence.all()]
