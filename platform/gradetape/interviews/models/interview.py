"""Interviews and their tasks."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone

from gradetape.accounts.models import Role, Team, User
from gradetape.catalog.models import Challenge, ChallengeVersion

INTERVIEWERS = (Role.INTERVIEWER, Role.ADMIN)


class InterviewState(models.TextChoices):
    """A draft can be changed. An open one is as it is, and people may be invited. An archived one takes nobody."""

    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    ARCHIVED = "archived", "Archived"


class Visibility(models.TextChoices):
    """What a candidate is told of a submission while they sit."""

    SAMPLES = "samples", "The sample cases only"
    COUNTS = "counts", "The sample cases, and how many cases pass"
    EVERYTHING = "everything", "Everything"


def may_interview(user: User) -> bool:
    """Whether somebody may have interviews at all."""
    return user.is_active and user.role in INTERVIEWERS


class AfterKeeping(models.TextChoices):
    """What becomes of a sitting that was kept long enough."""

    DELETE = "delete", "Delete it"
    ANONYMISE = "anonymise", "Keep the grades, without the person"


class InterviewQuerySet(models.QuerySet["Interview"]):
    """The one place that says which interviews somebody may see, and with them all that hangs on these."""

    def visible_to(self, user: User) -> "InterviewQuerySet":
        """One's own and those of one's teams, for interviewers; administrators see all; nobody else sees any."""
        if not may_interview(user):
            return self.none()
        if user.is_admin:
            return self
        own, shared = user.interviews.values("pk"), user.teams.filter(interviews__isnull=False).values("interviews")
        return self.filter(models.Q(pk__in=own) | models.Q(pk__in=shared))

    def with_counts(self) -> "InterviewQuerySet":
        """Each with `invited`, `running` and `finished`: how many people."""
        in_sitting = {"invitations__sitting__started_at__isnull": False}
        return self.annotate(
            invited=models.Count("invitations", distinct=True),
            running=models.Count(
                "invitations", filter=models.Q(**in_sitting, invitations__sitting__finished_at=None), distinct=True
            ),
            finished=models.Count(
                "invitations", filter=models.Q(invitations__sitting__finished_at__isnull=False), distinct=True
            ),
        )


class Interview(models.Model):
    """What an interview asks, for how long, and what its candidates see. It is for `team` and the members of `teams`.

    It may be started from `starts_at` until `ends_at`; without them, whenever it is open. `minutes` is its length.
    `hides_names`: interviewers see numbers in a shuffled order (see naming.py). `keep_days` after a sitting is over
    `keep_then` becomes of it; None: it is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=120)
    instructions = models.TextField(blank=True)
    instructions_html = models.TextField(blank=True, editable=False)
    minutes = models.PositiveSmallIntegerField(default=60)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    visibility = models.CharField(max_length=12, choices=Visibility.choices, default=Visibility.SAMPLES)
    state = models.CharField(max_length=10, choices=InterviewState.choices, default=InterviewState.DRAFT)
    hides_names = models.BooleanField(default=False)
    keep_days = models.PositiveSmallIntegerField(null=True, blank=True)
    keep_then = models.CharField(max_length=10, choices=AfterKeeping.choices, default=AfterKeeping.ANONYMISE)
    is_template = models.BooleanField(default=False)
    team = models.ManyToManyField(User, related_name="interviews")
    teams = models.ManyToManyField(Team, related_name="interviews", blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=InterviewState.values), name="interview_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values), name="interview_visibility_known"
            ),
            models.CheckConstraint(
                condition=models.Q(keep_then__in=AfterKeeping.values), name="interview_keep_then_known"
            ),
            models.CheckConstraint(
                condition=models.Q(is_template=False) | ~models.Q(state=InterviewState.OPEN),
                name="interview_template_never_open",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True) | models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="interview_window_forward",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("interview", args=[self.pk])

    @property
    def scope(self) -> str:
        """What its entries in the audit log belong to."""
        return f"interview:{self.pk}"

    @property
    def is_new(self) -> bool:
        """Whether it is in no table yet."""
        return self._state.adding

    @property
    def is_draft(self) -> bool:
        return self.state == InterviewState.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state == InterviewState.OPEN

    @property
    def is_archived(self) -> bool:
        return self.state == InterviewState.ARCHIVED

    def startable(self, now: datetime) -> bool:
        """Whether it may be started now."""
        begun = self.starts_at is None or self.starts_at <= now
        return self.is_open and begun and (self.ends_at is None or now < self.ends_at)


class Task(models.Model):
    """A challenge of an interview. `version` is pinned when the interview opens; `weight` is its share of the score."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="tasks")
    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ChallengeVersion, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    weight = models.PositiveSmallIntegerField(default=1)

    objects: ClassVar[models.Manager["Task"]] = models.Manager()

    class Meta:
        ordering = ["interview", "position"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "challenge"], name="task_challenge_once"),
            models.UniqueConstraint(fields=["interview", "position"], name="task_position_once"),
            models.CheckConstraint(condition=models.Q(weight__gte=1), name="task_weight_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.challenge}"
