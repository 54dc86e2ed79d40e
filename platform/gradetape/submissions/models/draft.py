"""Drafts: what somebody has typed so far."""

from django.db import models
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge
from gradetape.submissions.text import decoded


class DraftQuerySet(models.QuerySet["Draft"]):
    """Drafts are seen by whoever writes them."""

    def visible_to(self, user: User) -> "DraftQuerySet":
        return self.filter(candidate=user)


class Draft(models.Model):
    """What somebody has typed for a challenge so far. `revision` counts the saves."""

    candidate = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="drafts")
    content = models.BinaryField()
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at"]
        constraints = [models.UniqueConstraint(fields=["candidate", "challenge"], name="draft_once")]

    def __str__(self) -> str:
        return f"draft of {self.candidate_id} for {self.challenge_id}, revision {self.revision}"

    @property
    def source(self) -> str:
        return decoded(self.content)


class DraftVersion(models.Model):
    """A draft as it once was. Kept thin: at most one a minute, and the newest few dozen."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="versions")
    content = models.BinaryField()
    revision = models.PositiveIntegerField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["draft", "-revision"]
        constraints = [models.UniqueConstraint(fields=["draft", "revision"], name="draft_version_once")]

    def __str__(self) -> str:
        return f"{self.draft_id} revision {self.revision}"
