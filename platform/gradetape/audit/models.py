"""The entries of the audit log."""

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.utils import timezone

from gradetape.accounts.models import User


class AuditEntry(models.Model):
    """One thing that somebody did.

    `scope` is what it belongs to and is looked up by, like `interview:ID`; `about` is what it was done to within that,
    like `sitting:ID`. `details` are plain data: what was before and after, and the reason where one was given.
    An entry outlives its actor's account, without their name.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="audit_entries")
    action = models.CharField(max_length=60)
    scope = models.CharField(max_length=80)
    about = models.CharField(max_length=80, blank=True)
    details = models.JSONField(default=dict)

    objects: ClassVar[models.Manager["AuditEntry"]] = models.Manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["scope", "-at"], name="audit_by_scope")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.scope}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new entry. Raises TypeError for one that is written already."""
        if not self._state.adding:
            refuse("changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raises TypeError: entries outlive what they tell of, so that nobody deletes that they looked."""
        refuse("deleted")


def refuse(what: str) -> NoReturn:
    raise TypeError(f"An entry of the audit log can't be {what}.")
