"""Scoring a rubric, with a note and what it rests on."""

from collections.abc import Iterator
from contextlib import contextmanager

from gradetape.accounts.models import User
from gradetape.interviews.models import Sitting, Task
from gradetape.reviews.actions.review import noted, opened
from gradetape.reviews.actions.typing import kept
from gradetape.reviews.editions import rubrics_of
from gradetape.reviews.evidence import Pointer
from gradetape.reviews.exceptions import ChoiceChanged, NoSuchCriterion, TooMuchEvidence
from gradetape.reviews.models import Evidence, Score
from gradetape.reviews.models.review import OfReview
from gradetape.reviews.rubrics import Criterion

MOST_EVIDENCE = 20


@contextmanager
def _score(sitting: Sitting, reviewer: User, task: Task, name: str) -> Iterator[tuple[Criterion, Score]]:
    """A criterion that the rubric has now, and one's score of it, which may say nothing yet."""
    criterion = rubrics_of([task])[task.pk].criterion(name)
    if criterion is None:
        raise NoSuchCriterion
    with opened(sitting=sitting, reviewer=reviewer) as review:
        wording = {"wording": criterion.wording}
        score, _ = Score.objects.get_or_create(review=review, task=task, criterion=name, defaults=wording)
        yield criterion, score


def choose_level(
    *, sitting: Sitting, reviewer: User, task: Task, criterion: str, level: int | None, was: int | None
) -> None:
    """Score a criterion 0 to 4, or take the score back, in place of what the window showed.

    Raises ReviewDone, NoSuchCriterion, ChoiceChanged.
    """
    with _score(sitting, reviewer, task, criterion) as (found, score):
        if score.level not in {was, level}:
            raise ChoiceChanged(score.level)
        is_new = score.level != level
        score.level, score.wording = level, found.wording
        score.save()
        if is_new:
            noted("criterion.scored", sitting, reviewer, task=task.challenge.slug, criterion=found.title)


def keep_note(*, sitting: Sitting, reviewer: User, task: Task, criterion: str, text: str, revision: int) -> OfReview:
    """Keep the note on a criterion. Raises ReviewDone, NoSuchCriterion, TextChanged, TooLong."""
    with _score(sitting, reviewer, task, criterion) as (_, score):
        return kept(Score.objects.filter(pk=score.pk), score, text, revision)


def add_evidence(*, sitting: Sitting, reviewer: User, task: Task, criterion: str, pointer: Pointer) -> None:
    """Rest a score on a moment or a line; the same one twice is once.

    Raises ReviewDone, NoSuchCriterion, TooMuchEvidence.
    """
    with _score(sitting, reviewer, task, criterion) as (found, score):
        if score.evidence.count() >= MOST_EVIDENCE:
            raise TooMuchEvidence
        _, is_new = Evidence.objects.get_or_create(score=score, **pointer.fields)
        if is_new:
            noted("evidence.linked", sitting, reviewer, task=task.challenge.slug, criterion=found.title)


def remove_evidence(*, sitting: Sitting, reviewer: User, task: Task, criterion: str, evidence: int) -> None:
    """Take it out of one's own score. Raises ReviewDone, NoSuchCriterion."""
    with _score(sitting, reviewer, task, criterion) as (found, score):
        gone, _ = Evidence.objects.filter(score=score, pk=evidence).delete()
        if gone:
            noted("evidence.removed", sitting, reviewer, task=task.challenge.slug, criterion=found.title)
