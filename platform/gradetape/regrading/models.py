"""Regrades: what was sent before, graded again with another package."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from grader.package import Package
from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.catalog.packages import package_in
from gradetape.submissions.models import Submission
from gradetape.submissions.models.submission import VERDICTS
from gradetape.turntaking.models import InTurns, InTurnsQuerySet, Stage


class RegradeKind(models.TextChoices):
    """A shadow shows what would change. A rejudge changes it."""

    SHADOW = "shadow", "What would change"
    REJUDGE = "rejudge", "Regrading"


class Scope(models.TextChoices):
    """What a rejudge takes: what people sent for practice, or that and what candidates sent in interviews."""

    PRACTICE = "practice", "Practice"
    EVERYTHING = "everything", "Practice and interviews"


class RegradeQuerySet(InTurnsQuerySet["Regrade"]):
    """Regrades, by where they are."""

    def listed(self) -> "RegradeQuerySet":
        """Without the package, which is large."""
        return self.defer("archive")


class Regrade(InTurns):
    """Submissions of one challenge, graded again one a turn with the package in `archive`.

    `engine` is what outcomes hang on besides the package. `against` was live when it began; `version` is the published
    version that a rejudge brings submissions to. `moved_at`: when the interviews that a rejudge of everything takes
    in got that version; `left_out` is how many it left alone, since somebody sat in them at that moment.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="regrades")
    kind = models.CharField(max_length=8, choices=RegradeKind.choices)
    scope = models.CharField(max_length=10, choices=Scope.choices, blank=True)
    digest = models.CharField(max_length=64)
    engine = models.CharField(max_length=64)
    archive = models.BinaryField()
    against = models.ForeignKey(ChallengeVersion, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ChallengeVersion, null=True, on_delete=models.PROTECT, related_name="rejudges")
    started_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    moved_at = models.DateTimeField(null=True)
    left_out = models.PositiveIntegerField(default=0)

    objects = RegradeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["challenge", "digest"], name="regrade_of_digest")]
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "digest"],
                name="regrade_one_open_shadow",
                condition=Q(kind="shadow", state__in=["queued", "running"]),
            ),
            models.UniqueConstraint(
                fields=["challenge"],
                name="regrade_one_open_rejudge",
                condition=Q(kind="rejudge", state__in=["queued", "running"]),
            ),
            models.CheckConstraint(
                condition=Q(kind=RegradeKind.SHADOW, version=None, scope="")
                | Q(kind=RegradeKind.REJUDGE, version__isnull=False, scope__in=Scope.values),
                name="regrade_rejudge_has_version",
            ),
            models.CheckConstraint(condition=Q(state__in=Stage.values), name="regrade_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.challenge_id} with {self.digest[:12]}"

    @property
    def is_shadow(self) -> bool:
        return self.kind == RegradeKind.SHADOW

    @property
    def has_to_move(self) -> bool:
        """Whether interviews are still to be brought to the version."""
        return self.kind == RegradeKind.REJUDGE and self.scope == Scope.EVERYTHING and self.moved_at is None

    @property
    def package(self) -> Package:
        """The package that is graded with."""
        return package_in(bytes(self.archive), self.digest)

    @property
    def log_scope(self) -> str:
        """Under which the audit log keeps what is done here."""
        return f"challenge:{self.challenge.slug}"


class RegradedSubmission(models.Model):
    """One submission of a regrade. What it was is taken down in the turn in which it is graded again.

    `turn`: in which that was (None: not yet). `cases` have the outcome of each case by its id. `counted` are the scores
    that count once people's points in the judge's place are added. `result` is all that is needed to make the new
    grading the submission's own (see results.py); once that is done, at `applied_at`, it is not kept here any longer.
    `is_changed`: verdict, score or a case differs. With a `fault` there is no result, and nothing changes.
    """

    regrade = models.ForeignKey(Regrade, on_delete=models.CASCADE, related_name="rows")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="regradings")
    position = models.PositiveIntegerField()
    turn = models.PositiveIntegerField(null=True)
    was_version = models.ForeignKey(ChallengeVersion, null=True, on_delete=models.PROTECT, related_name="+")
    was_verdict = models.CharField(max_length=16, choices=VERDICTS, blank=True)
    was_score = models.FloatField(null=True)
    was_counted = models.FloatField(null=True)
    was_cases = models.JSONField(default=dict)
    verdict = models.CharField(max_length=16, choices=VERDICTS, blank=True)
    score = models.FloatField(null=True)
    counted = models.FloatField(null=True)
    cases = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    is_changed = models.BooleanField(default=False)
    fault = models.TextField(blank=True)
    applied_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["RegradedSubmission"]] = models.Manager()

    class Meta:
        ordering = ["regrade", "position"]
        constraints = [
            models.UniqueConstraint(fields=["regrade", "position"], name="regraded_position_once"),
            models.UniqueConstraint(fields=["regrade", "submission"], name="regraded_submission_once"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} in {self.regrade_id}"
