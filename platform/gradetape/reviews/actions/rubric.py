"""Changing a rubric: a new edition, and what it does to what was scored before."""

from collections.abc import Sequence
from dataclasses import asdict, replace

from django.db import transaction

from gradetape.accounts.models import User
from gradetape.audit import log
from gradetape.catalog.models import ChallengeVersion
from gradetape.interviews.models import Task
from gradetape.reviews.editions import original, rubric_in, rubrics_of, tasks_of
from gradetape.reviews.exceptions import RubricChanged
from gradetape.reviews.guides import guide_of
from gradetape.reviews.models import Rescoring, Review, RubricEdition, Score
from gradetape.reviews.reading import totals_of
from gradetape.reviews.rubrics import Criterion, Rubric
from gradetape.submissions.text import storable


@transaction.atomic
def change_rubric(*, task: Task, by: User, based_on: int, criteria: Sequence[Criterion]) -> RubricEdition | None:
    """Let these criteria count from now on, in this order; those without an id are new.

    Every review that scored something is rescored, and what its total was and is stays on record. None where nothing
    differs. Raises RubricChanged when somebody saved an edition after `based_on`.
    """
    Task.objects.select_for_update().get(pk=task.pk)
    tasks = tasks_of(task.interview)
    rubrics = rubrics_of(tasks)
    present = rubrics[task.pk]
    if present.edition != based_on:
        raise RubricChanged
    number = present.edition + 1
    wanted = _numbered(task, present, criteria, number)
    if wanted == present.criteria:
        return None
    edition = RubricEdition.objects.create(task=task, number=number, by=by, criteria=[asdict(one) for one in wanted])
    rescored = _rescore(edition, tasks, rubrics)
    log.record(
        actor=by, action="rubric.changed", scope=task.interview.scope, about=f"task:{task.challenge.slug}",
        edition=number, rescored=rescored,
    )  # fmt: skip
    return edition


def keep_rubric(*, task: Task, version: ChallengeVersion, by: User | None) -> None:
    """Before a task moves to another version: what was scored by the old one's rubric stays scored by it.

    Nothing to do where the team wrote its own rubric, where both are the same, and where nothing was scored.
    """
    criteria = original(task).criteria
    is_own = task.rubric_editions.exists()
    if is_own or criteria == guide_of(version.digest).criteria or not Score.objects.filter(task=task).exists():
        return
    RubricEdition.objects.create(task=task, number=1, by=by, criteria=[asdict(one) for one in criteria])


def _numbered(task: Task, present: Rubric, criteria: Sequence[Criterion], number: int) -> tuple[Criterion, ...]:
    """The criteria with ids that no other ever had, each with the edition that wrote it as it reads."""
    known = {one.id: one for one in present.criteria}
    earlier = [original(task), *map(rubric_in, task.rubric_editions.all())]
    taken = {one.id for rubric in earlier for one in rubric.criteria}
    following = max((int(name[1:]) for name in taken), default=0) + 1
    made: list[Criterion] = []
    for one in criteria:
        clean = Criterion.of(storable(asdict(one)))
        if one.id in known:
            before = known[one.id]
            made.append(replace(clean, wording=before.wording if before.words == clean.words else number))
        else:
            made.append(replace(clean, id=f"c{following}", wording=number))
            following += 1
    return tuple(made)


def _rescore(edition: RubricEdition, tasks: list[Task], before: dict[int, Rubric]) -> int:
    """Write down what each review came to and comes to; how many there are."""
    scored = Review.objects.filter(score_set__task=edition.task, score_set__level__isnull=False).distinct()
    reviews = list(scored)
    was, now = (
        totals_of(reviews, tasks, before),
        totals_of(reviews, tasks, {**before, edition.task_id: rubric_in(edition)}),
    )
    Rescoring.objects.bulk_create(
        Rescoring(edition=edition, review=one, was=was[one.pk], now=now[one.pk]) for one in reviews
    )
    return len(reviews)
