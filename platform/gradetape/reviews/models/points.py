"""Points that a person gave in the judge's place."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.submissions.models import Submission


class Override(models.Model):
    """Other points for one case of a submission, and the reason. All of the team see it; revoked, it stays on record.

    `was` is what the judge gave.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="overrides")
    case = models.CharField(max_length=60)
    was = models.FloatField()
    points = models.FloatField()
    reason = models.TextField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar[models.Manager["Override"]] = models.Manager()

    class Meta:
        ordering = ["submission", "case", "at"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "case"], name="override_once", condition=Q(revoked_at__isnull=True)
            ),
            models.CheckConstraint(condition=Q(points__gte=0), name="override_not_negative"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.was:g} to {self.points:g}"

    @property
    def author(self) -> str:
        return str(self.by) if self.by else "a former colleague"
