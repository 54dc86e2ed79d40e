"""Rubrics as a team changed them. What the challenge brings along is edition 0 and stands in no table."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.interviews.models import Task
from gradetape.reviews.models.review import Review


class RubricEdition(models.Model):
    """A task's rubric from some moment on; `criteria` are plain data of rubrics.Criterion. The highest counts."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="rubric_editions")
    number = models.PositiveIntegerField()
    criteria = models.JSONField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["RubricEdition"]] = models.Manager()

    class Meta:
        ordering = ["task", "number"]
        constraints = [models.UniqueConstraint(fields=["task", "number"], name="rubric_edition_once")]

    def __str__(self) -> str:
        return f"edition {self.number} of task {self.task_id}"

    @property
    def author(self) -> str:
        return str(self.by) if self.by else "a former colleague"


class Rescoring(models.Model):
    """What an edition did to a review: its total before and after, 0 to 1; None where nothing counted."""

    edition = models.ForeignKey(RubricEdition, on_delete=models.CASCADE, related_name="rescorings")
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="rescorings")
    was = models.FloatField(null=True)
    now = models.FloatField(null=True)

    objects: ClassVar[models.Manager["Rescoring"]] = models.Manager()

    class Meta:
        ordering = ["edition", "review"]
        constraints = [models.UniqueConstraint(fields=["edition", "review"], name="rescoring_once")]

    def __str__(self) -> str:
        return f"review {self.review_id}: {self.was} to {self.now}"
