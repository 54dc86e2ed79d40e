"""Notes to oneself, and who has given up on what."""

from django.db import models
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge


class NoteQuerySet(models.QuerySet["Note"]):
    """Notes are read by whoever writes them, and by nobody else: not by administrators either."""

    def visible_to(self, user: User) -> "NoteQuerySet":
        return self.filter(candidate=user)


class Note(models.Model):
    """What somebody wrote down for themselves about a challenge. `revision` counts the saves."""

    candidate = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notes")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at"]
        constraints = [models.UniqueConstraint(fields=["candidate", "challenge"], name="note_once")]

    def __str__(self) -> str:
        return f"note of {self.candidate_id} on {self.challenge_id}, revision {self.revision}"


class GivenUpQuerySet(models.QuerySet["GivenUp"]):
    """Seen by whoever gave up."""

    def visible_to(self, user: User) -> "GivenUpQuerySet":
        return self.filter(candidate=user)


class GivenUp(models.Model):
    """Somebody asked for the solution before they had solved the challenge. Never taken back: it has been seen."""

    candidate = models.ForeignKey(User, on_delete=models.CASCADE, related_name="given_up")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="given_up")
    at = models.DateTimeField(default=timezone.now)

    objects = GivenUpQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        verbose_name_plural = "given up"
        constraints = [models.UniqueConstraint(fields=["candidate", "challenge"], name="given_up_once")]

    def __str__(self) -> str:
        return f"{self.candidate_id} gave up on {self.challenge_id}"
