"""How a view comes to a sitting: its candidate alone, and with a clock that is right."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.interviews.actions.sit import close_if_due
from gradetape.interviews.models import Sitting, Task


def seat_of(user: User, pk: UUID) -> Sitting:
    """The candidate's sitting; one whose time is up is over by now. Raises Http404."""
    found = get_object_or_404(
        Sitting.objects.visible_to(user).select_related("invitation__interview", "candidate"), pk=pk
    )
    if found.is_running:
        close_if_due(sitting=found, now=timezone.now())
    return found


def task_of(sitting: Sitting, slug: str) -> Task:
    """One of its tasks, with the challenge and the version that was pinned. Raises Http404."""
    tasks = sitting.interview.tasks.filter(version__isnull=False).select_related("challenge", "version")
    return get_object_or_404(tasks, challenge__slug=slug)
