"""What is kept of a grading: attempts, case results, and the story as it was told."""

from django.db import models
from django.utils import timezone

from grader.model import Outcome
from gradetape.submissions.models.submission import Submission

OUTCOMES = [(outcome.value, outcome.value.replace("_", " ")) for outcome in Outcome]


class Ending(models.TextChoices):
    """How an attempt ended."""

    FINISHED = "finished", "Finished"
    LOST = "lost", "Worker lost"
    FAULT = "fault", "Our fault"
    CANCELLED = "cancelled", "Cancelled"
    # It took an earlier verdict's place, after another version was published.
    REGRADED = "regraded", "Regraded"


class Attempt(models.Model):
    """One try of a worker at a submission. What is told of a fault here is for administrators."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    worker = models.CharField(max_length=200)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    fault = models.TextField(blank=True)
    # What decided the verdict, by grader.libraries; empty for an attempt that gave none.
    libraries = models.JSONField(default=dict)

    class Meta:
        ordering = ["submission", "number"]
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="attempt_once")]

    def __str__(self) -> str:
        return f"{self.submission_id} attempt {self.number}"


class CaseResult(models.Model):
    """How one case of a finished submission ended; as safe to show as the event it comes from."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="cases")
    position = models.PositiveSmallIntegerField()
    case = models.CharField(max_length=60)
    part = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    points = models.FloatField()
    earned = models.FloatField()
    outcome = models.CharField(max_length=16, choices=OUTCOMES)
    sample = models.BooleanField()
    seconds = models.FloatField(null=True)
    hint = models.TextField(blank=True)
    message = models.TextField(blank=True)
    line = models.PositiveIntegerField(null=True)
    difference = models.JSONField(null=True)
    forbidden = models.BooleanField(default=False)

    class Meta:
        ordering = ["submission", "position"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "case"], name="case_result_once"),
            models.CheckConstraint(
                condition=models.Q(sample=True) | models.Q(seconds__isnull=True, difference__isnull=True),
                name="case_result_hidden_without_numbers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.outcome}"


class SubmissionEvent(models.Model):
    """One event of a submission's story. `attempt` and `number` are its id, in Redis, on the wire and here alike.

    `data` is the JSON text that is sent: PostgreSQL's own JSON takes no NUL character, and candidates print them.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="events")
    attempt = models.PositiveIntegerField()
    number = models.BigIntegerField()
    type = models.CharField(max_length=20)
    data = models.TextField()

    class Meta:
        ordering = ["submission", "attempt", "number"]
        constraints = [models.UniqueConstraint(fields=["submission", "attempt", "number"], name="event_once")]

    def __str__(self) -> str:
        return f"{self.attempt}-{self.number} {self.type}"
