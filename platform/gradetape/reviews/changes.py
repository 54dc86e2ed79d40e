"""What was changed about a rubric, and what that did to reviews, in words that stand on pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradetape.accounts.models import User
from gradetape.interviews.models import Task
from gradetape.reviews.editions import original, rubric_in
from gradetape.reviews.models import Rescoring, Review, RubricEdition
from gradetape.reviews.rubrics import Rubric


@dataclass(frozen=True)
class Change:
    """An edition: what it changed, and the reviews it rescored that the viewer may see; `unseen` are as many more."""

    edition: RubricEdition
    said: Sequence[str]
    rescorings: Sequence[Rescoring]
    unseen: int


def changes_of(task: Task, viewer: User) -> list[Change]:
    """All editions of a task's rubric, the newest first. Three queries."""
    editions = list(task.rubric_editions.select_related("by").order_by("number"))
    seen = set(Review.objects.visible_to(viewer).filter(rescorings__edition__task=task).values_list("pk", flat=True))
    rows: dict[int, list[Rescoring]] = {}
    whole = Rescoring.objects.filter(edition__task=task)
    for row in whole.select_related("review__reviewer", "review__sitting__invitation__interview"):
        rows.setdefault(row.edition_id, []).append(row)
    found, before = [], original(task)
    for edition in editions:
        after, all_of_it = rubric_in(edition), rows.get(edition.pk, [])
        shown = [row for row in all_of_it if row.review_id in seen]
        found.append(Change(edition, list(said(before, after)), shown, len(all_of_it) - len(shown)))
        before = after
    return found[::-1]


def said(before: Rubric, after: Rubric) -> Iterator[str]:
    """A sentence for each thing that differs."""
    old = {one.id: one for one in before.criteria}
    for one in after.criteria:
        if one.id not in old:
            yield f"“{one.title}” was added, with weight {one.weight}."
            continue
        was = old[one.id]
        if was.title != one.title:
            yield f"“{was.title}” is called “{one.title}” now."
        if was.levels != one.levels:
            yield f"The levels of “{one.title}” read differently."
        if was.weight != one.weight:
            yield f"“{one.title}” weighs {one.weight}; it was {was.weight}."
    kept = [one.id for one in after.criteria]
    for one in before.criteria:
        if one.id not in kept:
            yield f"“{one.title}” was removed: its scores are kept and count no more."
    if [name for name in old if name in kept] != [name for name in kept if name in old]:
        yield "The order is another."


def rescored(review: Review | None) -> list[Rescoring]:
    """What changed rubrics did to a review, the newest first. One query."""
    if review is None:
        return []
    rows = Rescoring.objects.filter(review=review).select_related("edition__by", "edition__task__challenge")
    return list(rows.order_by("-edition__at"))
