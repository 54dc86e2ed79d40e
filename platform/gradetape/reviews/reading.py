"""What reviews come to, for pages that show many candidates. All of it is limited to what the viewer may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from gradetape.accounts.models import User
from gradetape.interviews.models import Interview, Task
from gradetape.reviews.editions import rubrics_of, tasks_of
from gradetape.reviews.models import Recommendation, Review, Score
from gradetape.reviews.rubrics import Rubric, share, together


@dataclass(frozen=True)
class Said:
    """One reviewer's result for one sitting. `total` is 0 to 1, None where nothing was scored."""

    review: Review
    total: float | None

    @property
    def reviewer(self) -> str:
        return self.review.author

    @property
    def recommendation(self) -> Recommendation | None:
        return Recommendation(self.review.recommendation) if self.review.recommendation else None


def recommendations_of(interview: Interview, viewer: User) -> dict[UUID, list[Said]]:
    """The finished reviews of each sitting that the viewer may see, and their own unfinished one. Four queries."""
    mine = Review.objects.visible_to(viewer).filter(sitting__invitation__interview=interview)
    reviews = list(mine.select_related("reviewer"))
    totals = totals_of(reviews, tasks_of(interview))
    found: dict[UUID, list[Said]] = {}
    for review in reviews:
        found.setdefault(review.sitting_id, []).append(Said(review, totals[review.pk]))
    return found


def totals_of(
    reviews: Iterable[Review], tasks: list[Task], rubrics: Mapping[int, Rubric] | None = None
) -> dict[int, float | None]:
    """What each review comes to under the given rubrics, else under those that count now. Up to two queries."""
    known = rubrics_of(tasks) if rubrics is None else rubrics
    levels: dict[tuple[int, int], dict[str, int]] = {}
    asked = [review.pk for review in reviews]
    rows = Score.objects.filter(review__in=asked, level__isnull=False)
    for review_id, task_id, criterion, level in rows.values_list("review", "task", "criterion", "level"):
        levels.setdefault((review_id, task_id), {})[criterion] = level or 0
    return {
        pk: together((task.weight, share(known[task.pk], levels.get((pk, task.pk), {}))) for task in tasks)
        for pk in asked
    }
