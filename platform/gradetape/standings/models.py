"""What is kept of everybody's way: a row for each challenge that they touched, and one for each busy quarter hour."""

from django.db import models
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge


class State(models.TextChoices):
    """Where somebody is with a challenge. A submission makes it tried, an accepted one solved.

    It stays solved, unless a regrade takes the verdict back.
    """

    NEW = "new", "New"
    TRIED = "tried", "Tried"
    SOLVED = "solved", "Solved"


class StandingQuerySet(models.QuerySet["Standing"]):
    """Standings are seen by whose they are."""

    def visible_to(self, user: User) -> "StandingQuerySet":
        """One's own, at challenges that can still be opened."""
        return self.filter(user=user, challenge__live__isnull=False)

    def under_way(self) -> "StandingQuerySet":
        """What was begun and not solved, the last touched first."""
        return self.exclude(state=State.SOLVED).order_by("-active_at")


class Standing(models.Model):
    """How far one person is with one challenge. Written by `actions` alone, in the transaction of what it tells of.

    `attempts` counts graded submissions for the score, `runs` those of the samples; `parts` has the points that the
    best submission earned in each part, by the part's id; `seconds` is the time spent, see `actions.note_work`.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="standings")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="standings")
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    best = models.FloatField(null=True)
    best_submission = models.ForeignKey(
        "submissions.Submission", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    parts = models.JSONField(default=dict)
    attempts = models.PositiveIntegerField(default=0)
    runs = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    active_at = models.DateTimeField(default=timezone.now)
    solved_at = models.DateTimeField(null=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["user", "-active_at"]
        indexes = [models.Index(fields=["user", "-active_at"], name="standing_of_user")]
        constraints = [
            models.UniqueConstraint(fields=["user", "challenge"], name="standing_once"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="standing_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.challenge_id}: {self.state}"


class Activity(models.Model):
    """What somebody did in a quarter of an hour.

    Offsets of time zones are whole quarters, so days add up exactly in whatever zone they are read.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="activity")
    quarter = models.DateTimeField()
    sent = models.PositiveIntegerField(default=0)
    solved = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        ordering = ["user", "quarter"]
        constraints = [models.UniqueConstraint(fields=["user", "quarter"], name="activity_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.quarter:%Y-%m-%d %H:%M}"
