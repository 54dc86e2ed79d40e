"""Reports: a candidate holds that a case rejects what is right, and the authors answer."""

from django.db import models
from django.urls import reverse
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.catalog.models import ChallengeVersion
from gradetape.submissions.models import Submission


class ReportState(models.TextChoices):
    """Whether the authors have answered."""

    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"


class ReportOutcome(models.TextChoices):
    """What the authors make of it."""

    FIXED = "fixed", "The case was wrong and is corrected"
    STANDS = "stands", "The case is right as it is"
    UNCLEAR = "unclear", "The statement was unclear"


class ReportQuerySet(models.QuerySet["CaseReport"]):
    """Reports by whose they are and what they are about."""

    def of(self, user: User) -> "ReportQuerySet":
        """One's own."""
        return self.filter(submission__candidate=user)

    def open(self) -> "ReportQuerySet":
        """Those that nobody has answered yet."""
        return self.filter(state=ReportState.OPEN)

    def unseen_by(self, user: User) -> "ReportQuerySet":
        """One's own with an answer that one has not looked at, the newest first."""
        answered = self.of(user).filter(state=ReportState.ANSWERED, seen_at=None)
        return answered.select_related("version__challenge").order_by("-answered_at")


class CaseReport(models.Model):
    """What a candidate says of a case that their submission failed. Goes with the submission, and so with its sender.

    `judged` is the result as it was told when it was reported, with the names of `judging.JUDGED`, and `version` what
    it was graded with: a later regrade changes both of the submission. Authors learn no name from it.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="case_reports")
    version = models.ForeignKey(ChallengeVersion, on_delete=models.PROTECT, related_name="+")
    case = models.CharField(max_length=60)
    judged = models.JSONField()
    words = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.OPEN)
    outcome = models.CharField(max_length=10, choices=ReportOutcome.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    # When the candidate has had the answer before their eyes.
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "case"], name="case_report_once"),
            models.CheckConstraint(
                condition=models.Q(state=ReportState.OPEN, outcome="", answered_at=None)
                | models.Q(state=ReportState.ANSWERED, outcome__in=ReportOutcome.values, answered_at__isnull=False),
                name="case_report_answer_when_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["version"], name="case_report_open", condition=models.Q(state=ReportState.OPEN.value))
        ]

    def __str__(self) -> str:
        return f"{self.case} of {self.submission_id}"

    def get_absolute_url(self) -> str:
        """For the authors."""
        return reverse("studio_report", args=[self.version.challenge.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == ReportState.OPEN
