"""Tokens: what a program shows in place of a password."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from gradetape.accounts.models import User


class Scope(models.TextChoices):
    """What a token is good for."""

    READ = "read", "Read only"
    SUBMIT = "submit", "Read, save drafts and submit"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens are seen by whose they are."""

    def visible_to(self, user: User) -> "ApiTokenQuerySet":
        return self.filter(user=user)

    def valid(self) -> "ApiTokenQuerySet":
        """Neither expired nor of an account that was closed."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), user__is_active=True)


class ApiToken(models.Model):
    """A token. Its text is known to its owner alone: `digest` is the SHA-256 of it, `hint` how it begins."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=12, editable=False)
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.READ)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="api_token_name_once"),
            models.CheckConstraint(condition=models.Q(scope__in=Scope.values), name="api_token_scope_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def may_write(self) -> bool:
        return self.scope == Scope.SUBMIT
