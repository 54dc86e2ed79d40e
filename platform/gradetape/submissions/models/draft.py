"""Drafts: what somebody has typed so far, and what it was before."""

from django.db import models
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge
from gradetape.submissions.text import decoded


class DraftQuerySet(models.QuerySet["Draft"]):
    """Drafts are seen by whoever writes them."""

    def visible_to(self, user: User) -> "DraftQuerySet":
        return self.filter(candidate=user)


class SnippetQuerySet(models.QuerySet["Snippet"]):
    """So are snippets."""

    def visible_to(self, user: User) -> "SnippetQuerySet":
        return self.filter(candidate=user)


class Typed(models.Model):
    """A text that somebody types for a challenge. `revision` counts the saves."""

    candidate = models.ForeignKey(User, on_delete=models.CASCADE, related_name="%(class)ss")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="%(class)ss")
    content = models.BinaryField()
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        ordering = ["-saved_at"]

    def __str__(self) -> str:
        return f"{self._meta.model_name} of {self.candidate_id} for {self.challenge_id}, revision {self.revision}"

    @property
    def source(self) -> str:
        return decoded(self.content)


class Draft(Typed):
    """The file that will be sent."""

    objects = DraftQuerySet.as_manager()

    class Meta(Typed.Meta):
        constraints = [models.UniqueConstraint(fields=["candidate", "challenge"], name="draft_once")]


class Snippet(Typed):
    """What somebody tries out beside the file; it is never graded."""

    objects = SnippetQuerySet.as_manager()

    class Meta(Typed.Meta):
        constraints = [models.UniqueConstraint(fields=["candidate", "challenge"], name="snippet_once")]


class DraftVersion(models.Model):
    """A draft as it once was. They get thinner with age; see history.py.

    `kept`: something else took this text's place at one stroke (an older version, the starter, another window's
    text), so it is worth more than one of the many between two keystrokes.
    """

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="versions")
    content = models.BinaryField()
    revision = models.PositiveIntegerField()
    saved_at = models.DateTimeField(default=timezone.now)
    size = models.PositiveIntegerField(default=0)
    kept = models.BooleanField(default=False)

    class Meta:
        ordering = ["draft", "-revision"]
        constraints = [models.UniqueConstraint(fields=["draft", "revision"], name="draft_version_once")]

    def __str__(self) -> str:
        return f"{self.draft_id} revision {self.revision}"

    @property
    def source(self) -> str:
        return decoded(self.content)
