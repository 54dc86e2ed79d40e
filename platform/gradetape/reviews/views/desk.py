"""What the views of a review have in common: whose sitting it is, and which task and attempt are meant."""

from typing import Any, NamedTuple
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from gradetape.accounts.models import User
from gradetape.interviews.access import sitting_of
from gradetape.interviews.models import Interview, Sitting, Task
from gradetape.reviews.attempts import attempts_of
from gradetape.reviews.editions import tasks_of
from gradetape.reviews.order import Place
from gradetape.submissions.models import Submission


class Desk(NamedTuple):
    """A sitting under review, with the tasks of its interview."""

    sitting: Sitting
    interview: Interview
    tasks: list[Task]

    def task(self, slug: str | None) -> Task:
        """The task of a challenge, the first one without a name. Raises Http404."""
        found = next((one for one in self.tasks if slug in {None, one.challenge.slug}), None)
        if found is None:
            raise Http404
        return found

    def submission(self, pk: UUID) -> Submission:
        """One of this sitting's attempts at a task. Raises Http404."""
        mine = attempts_of(self.sitting).filter(version__challenge__in=[task.challenge_id for task in self.tasks])
        found: Submission = get_object_or_404(mine, pk=pk)
        return found


def desk_of(user: User, pk: UUID, sitting_id: UUID) -> Desk:
    """Raises Http404 for whoever may not see it."""
    sitting = sitting_of(user, pk, sitting_id)
    return Desk(sitting, sitting.interview, tasks_of(sitting.interview))


def uuid_in(text: str | None) -> UUID:
    """The id in an address. Raises Http404."""
    try:
        return UUID(text or "")
    except ValueError as error:
        raise Http404 from error


def heading(desk: Desk, place: Place) -> dict[str, Any]:
    """What the pages of a review have in common."""
    return {
        "interview": desk.interview, "sitting": desk.sitting, "name": place.name, "place": place, "tab": "review",
        "tasks": desk.tasks, "page_shortcuts": "interviews/review_keys.html",
    }  # fmt: skip
