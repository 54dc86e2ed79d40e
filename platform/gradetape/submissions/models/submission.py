"""Submissions: what was sent, and what became of it."""

import uuid

from django.db import models
from django.urls import reverse
from django.utils import timezone

from grader.model import Verdict
from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.submissions.text import decoded


class Kind(models.TextChoices):
    """Run: the sample cases, as often as one likes. Submit: all cases, for the score. Scratch: a snippet, no case."""

    RUN = "run", "Run"
    SUBMIT = "submit", "Submission"
    SCRATCH = "scratch", "Snippet"


# What workers take from each queue: what somebody waits for at the keyboard goes past what is graded for the score.
QUEUES = {Kind.RUN: "runs", Kind.SCRATCH: "runs", Kind.SUBMIT: "submissions"}


class State(models.TextChoices):
    """Where a submission is. The last two are final."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"


OPEN = (State.QUEUED, State.RUNNING)
VERDICTS = [(verdict.value, verdict.value.replace("_", " ")) for verdict in Verdict]


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """The one place that says which submissions somebody may see."""

    def visible_to(self, user: User) -> "SubmissionQuerySet":
        """One's own; administrators see all."""
        return self if user.is_admin else self.filter(candidate=user)

    def open(self) -> "SubmissionQuerySet":
        """What is waiting or being graded."""
        return self.filter(state__in=OPEN)

    def in_histories(self) -> "SubmissionQuerySet":
        """What is an attempt at a challenge: a snippet that was only tried out is none."""
        return self.exclude(kind=Kind.SCRATCH)

    def graded(self) -> "SubmissionQuerySet":
        """What counts: finished, for the score, and not lost through our own fault."""
        return self.filter(kind=Kind.SUBMIT, state=State.FINISHED).exclude(verdict=Verdict.JUDGE_ERROR)

    def listed(self) -> "SubmissionQuerySet":
        """With what a row of a list shows, and without the large columns."""
        return self.select_related("version__challenge").defer(
            "source", "snippet", "output", "timings", "version__statement", "version__statement_html",
            "version__starter", "version__parts", "version__cases", "version__limits", "version__contract",
        )  # fmt: skip

    def expired(self) -> "SubmissionQuerySet":
        """Claimed by a worker that has not been heard of since its lease ran out."""
        return self.filter(state=State.RUNNING, lease__lt=timezone.now())


class Submission(models.Model):
    """One source, sent to be graded against one version of a challenge."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidate = models.ForeignKey(User, on_delete=models.CASCADE, related_name="submissions")
    version = models.ForeignKey(ChallengeVersion, on_delete=models.PROTECT, related_name="submissions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    source = models.BinaryField()
    snippet = models.BinaryField(null=True)
    seed = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    lease = models.DateTimeField(null=True)
    worker = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # When the task was last sent and how often: what the sweeper goes by.
    rung_at = models.DateTimeField(default=timezone.now)
    rings = models.PositiveIntegerField(default=0)

    verdict = models.CharField(max_length=16, choices=VERDICTS, null=True)  # noqa: DJ001  # null: not known yet
    score = models.FloatField(null=True)
    message = models.TextField(blank=True)
    line = models.PositiveIntegerField(null=True)
    output = models.JSONField(default=dict)
    timings = models.JSONField(default=dict)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["candidate", "-created_at"], name="submission_of_candidate"),
            # The newest graded ones of a version, and how many, without a look at the wide rows.
            models.Index(
                fields=["version", "kind", "state", "-created_at", "-id", "verdict"], name="submission_of_version"
            ),
            models.Index(
                fields=["candidate", "-created_at"],
                name="submission_scratch",
                condition=models.Q(kind="scratch"),
            ),
            models.Index(
                fields=["state", "created_at"],
                name="submission_open",
                condition=models.Q(state__in=["queued", "running"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="submission_state_known"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="submission_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind=Kind.SCRATCH, snippet__isnull=False)
                | (~models.Q(kind=Kind.SCRATCH) & models.Q(snippet__isnull=True)),
                name="submission_snippet_when_scratch",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.FINISHED, verdict__isnull=False, score__isnull=False)
                | (~models.Q(state=State.FINISHED) & models.Q(verdict__isnull=True, score__isnull=True)),
                name="submission_verdict_when_finished",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def get_absolute_url(self) -> str:
        return reverse("submission", args=[self.id])

    @property
    def events_url(self) -> str:
        return reverse("submission_events", args=[self.id])

    @property
    def challenge(self) -> Challenge:
        return self.version.challenge

    @property
    def text(self) -> str:
        """The source as it is shown."""
        return decoded(self.source)

    @property
    def snippet_text(self) -> str:
        """The snippet as it is shown; empty where there is none."""
        return decoded(self.snippet or b"")

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def has_bundle(self) -> bool:
        """Whether there is a verdict that can be graded again."""
        is_graded = self.state == State.FINISHED and self.kind != Kind.SCRATCH
        return is_graded and self.verdict != Verdict.JUDGE_ERROR

    @property
    def queue(self) -> str:
        """The queue whose workers grade it."""
        return QUEUES[Kind(self.kind)]
