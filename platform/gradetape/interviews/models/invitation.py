"""Invitations: who was asked to an interview, and the link that lets them in."""

import uuid

from django.db import models
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.interviews.models.interview import Interview


class InvitationState(models.TextChoices):
    """Where an invitation is."""

    SENT = "sent", "Invited"
    EXPIRED = "expired", "Expired"
    ACCEPTED = "accepted", "Accepted"
    REVOKED = "revoked", "Revoked"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations are seen with their interview."""

    def visible_to(self, user: User) -> "InvitationQuerySet":
        return self.filter(interview__in=Interview.objects.visible_to(user).values("pk"))

    def usable(self) -> "InvitationQuerySet":
        """Whose link still lets somebody in."""
        return self.filter(claimed_at=None, revoked_at=None, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """One person asked to an interview.

    The link is known to whoever got it; here is its `digest`. A new link takes the place of the old one.
    `claimed_at`: the present link was used, and lets nobody else in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="invitations")
    name = models.CharField(max_length=80, blank=True)
    email = models.EmailField()
    digest = models.CharField(max_length=64, unique=True)
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "email"]
        constraints = [models.UniqueConstraint(fields=["interview", "email"], name="invitation_once")]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email

    @property
    def state(self) -> InvitationState:
        if self.revoked_at:
            return InvitationState.REVOKED
        if self.claimed_at:
            return InvitationState.ACCEPTED
        return InvitationState.SENT if self.expires_at > timezone.now() else InvitationState.EXPIRED
