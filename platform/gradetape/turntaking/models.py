"""What is kept of work that is done in turns."""

from typing import TypeVar

from django.db import models
from django.utils import timezone


class Stage(models.TextChoices):
    """Where such work is. Running it may still wait for its next turn; the last three are final."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"
    INTERRUPTED = "interrupted", "Interrupted"


OPEN_STAGES = (Stage.QUEUED, Stage.RUNNING)


class InTurns(models.Model):
    """Work that is done in turns.

    `turn` counts the turns that were begun, and fences off whoever lost one; `lost` how often the next step broke
    down. `lease` is until when somebody has the present turn; None: nobody has.
    """

    state = models.CharField(max_length=12, choices=Stage.choices, default=Stage.QUEUED)
    turn = models.PositiveIntegerField(default=0)
    lost = models.PositiveSmallIntegerField(default=0)
    lease = models.DateTimeField(null=True)
    worker = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True)
    fault = models.TextField(blank=True)
    # When the task was last sent and how often: what the sweep goes by.
    rung_at = models.DateTimeField(default=timezone.now)
    rings = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STAGES


Job = TypeVar("Job", bound=InTurns)


class InTurnsQuerySet(models.QuerySet[Job]):
    """Such work, by where it is."""

    def open(self) -> "InTurnsQuerySet[Job]":
        """What is not over."""
        return self.filter(state__in=OPEN_STAGES)

    def expired(self) -> "InTurnsQuerySet[Job]":
        """In the hands of a worker that has not been heard of since its lease ran out."""
        return self.open().filter(lease__lt=timezone.now())
