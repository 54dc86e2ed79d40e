"""Sittings: one candidate at one interview, and their clock."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.urls import reverse
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.interviews.models.interview import Interview
from gradetape.interviews.models.invitation import Invitation

# What is on its way when the time is up still counts.
GRACE = timedelta(seconds=10)


class SittingState(models.TextChoices):
    """Where a sitting is."""

    WAITING = "waiting", "In the lobby"
    RUNNING = "running", "Running"
    FINISHED = "finished", "Finished"


class Ending(models.TextChoices):
    """How a sitting ended."""

    HANDED_IN = "handed_in", "Handed in"
    TIME_UP = "time_up", "Time was up"


class SittingQuerySet(models.QuerySet["Sitting"]):
    """The one place that says which sittings somebody may see."""

    def visible_to(self, user: User) -> "SittingQuerySet":
        """One's own as a candidate, unless the invitation was taken back. Interviewers come by the interview."""
        return self.filter(candidate=user, invitation__revoked_at=None) if user.is_active else self.none()

    def of_interviews_of(self, user: User) -> "SittingQuerySet":
        """Those of the interviews that an interviewer may see."""
        return self.filter(invitation__interview__in=Interview.objects.visible_to(user).values("pk"))

    def running(self) -> "SittingQuerySet":
        """Started and not over."""
        return self.filter(started_at__isnull=False, finished_at=None)

    def due(self, now: datetime) -> "SittingQuerySet":
        """Whose time is up, the grace included."""
        return self.running().filter(deadline__lte=now - GRACE)


class Sitting(models.Model):
    """A candidate's way through an interview.

    `candidate` is a guest: an account that opens this sitting and nothing else. From the start on `minutes` is the
    length with what was added for this person, `credit` the seconds given back (see clock.py), and `deadline` what
    follows from both. From `anonymised_at` on there are numbers left, and nobody's name or code.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="sitting")
    candidate = models.OneToOneField(User, on_delete=models.CASCADE, related_name="sitting")
    consented_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    credit = models.FloatField(default=0)
    deadline = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    anonymised_at = models.DateTimeField(null=True)

    objects = SittingQuerySet.as_manager()

    class Meta:
        ordering = ["invitation__created_at"]
        indexes = [
            models.Index(
                fields=["deadline"],
                name="sitting_running",
                condition=models.Q(finished_at=None, started_at__isnull=False),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(started_at=None, minutes=None, deadline=None, finished_at=None)
                | models.Q(started_at__isnull=False, minutes__isnull=False, deadline__isnull=False),
                name="sitting_clock_when_started",
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at=None, ending="")
                | models.Q(finished_at__isnull=False, ending__in=Ending.values),
                name="sitting_ending_when_finished",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        # Without the name: where it is hidden, this might be shown all the same.
        return f"{self.pk.hex[:8]} at {self.interview}"

    def get_absolute_url(self) -> str:
        return reverse("sitting", args=[self.pk])

    @property
    def interview(self) -> Interview:
        return self.invitation.interview

    @property
    def state(self) -> SittingState:
        if self.finished_at:
            return SittingState.FINISHED
        return SittingState.RUNNING if self.started_at else SittingState.WAITING

    @property
    def kept_until(self) -> datetime | None:
        """When it is deleted or anonymised by itself; None while it is not over, or where it is kept."""
        days = self.interview.keep_days
        return self.finished_at + timedelta(days=days) if self.finished_at and days else None

    @property
    def is_waiting(self) -> bool:
        return self.state == SittingState.WAITING

    @property
    def is_running(self) -> bool:
        return self.state == SittingState.RUNNING

    def takes(self, now: datetime) -> bool:
        """Whether what a candidate sends now still counts."""
        return self.is_running and self.deadline is not None and now <= self.deadline + GRACE

    def startable(self, now: datetime) -> bool:
        """Whether the candidate may begin now."""
        return self.is_waiting and self.interview.startable(now)

    @property
    def length(self) -> int:
        """Minutes that this candidate has, or had."""
        return self.minutes or self.interview.minutes + self.invitation.extra_minutes
