"""Which rubric a task has now, and which it had."""

from collections.abc import Iterable

from gradetape.interviews.models import Interview, Task
from gradetape.reviews.guides import guide_of
from gradetape.reviews.models import RubricEdition
from gradetape.reviews.rubrics import Criterion, Rubric


def tasks_of(interview: Interview) -> list[Task]:
    """The tasks in their order, with what rubrics and pages need of their challenges."""
    rows = interview.tasks.select_related("challenge", "version")
    return list(rows.defer("version__statement", "version__statement_html", "version__starter"))


def original(task: Task) -> Rubric:
    """What the pinned version brings along; empty before the interview is open."""
    return Rubric(0, guide_of(task.version.digest).criteria if task.version else ())


def rubrics_of(tasks: Iterable[Task]) -> dict[int, Rubric]:
    """The rubric that counts now, by the task's id. One query."""
    asked = list(tasks)
    found = {task.pk: original(task) for task in asked}
    for edition in RubricEdition.objects.filter(task__in=asked).order_by("number"):
        found[edition.task_id] = rubric_in(edition)
    return found


def rubric_in(edition: RubricEdition) -> Rubric:
    return Rubric(edition.number, tuple(Criterion.of(data) for data in edition.criteria))
