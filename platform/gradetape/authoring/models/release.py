"""Releases: what was published, or proposed to be, as the files were when somebody said so."""

import uuid
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone

from grader.package import Package
from gradetape.accounts.models import User
from gradetape.authoring.models.project import Project
from gradetape.authoring.models.proof import Proof
from gradetape.catalog.models import ChallengeVersion
from gradetape.catalog.packages import package_in


class Mode(models.TextChoices):
    """What happens to what was graded with other versions."""

    NEW_ONLY = "new_only", "New submissions only"
    PRACTICE = "practice", "Regrade practice"
    EVERYTHING = "everything", "Regrade practice and interviews"


class ReleaseState(models.TextChoices):
    """Where a release is. All but the first are final."""

    PROPOSED = "proposed", "Proposed"
    PUBLISHED = "published", "Published"
    DECLINED = "declined", "Declined"
    TAKEN_BACK = "taken_back", "Taken back"


class Release(models.Model):
    """One package on its way to being published. What goes live is this archive, whatever the files are by then.

    `engine`: the one that the package was proved sound on. `over`: what was live when it was proposed. `reply`: what
    whoever declined it said. Who publishes what is theirs proposes and decides at one stroke.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="releases")
    digest = models.CharField(max_length=64)
    engine = models.CharField(max_length=64)
    archive = models.BinaryField()
    proof = models.ForeignKey(Proof, null=True, on_delete=models.SET_NULL, related_name="+")
    over = models.ForeignKey(ChallengeVersion, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    mode = models.CharField(max_length=12, choices=Mode.choices)
    state = models.CharField(max_length=12, choices=ReleaseState.choices, default=ReleaseState.PROPOSED)
    proposed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    reply = models.TextField(blank=True)
    version = models.ForeignKey(ChallengeVersion, null=True, on_delete=models.PROTECT, related_name="releases")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Release"]] = models.Manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], name="release_one_proposed", condition=models.Q(state="proposed")
            ),
            models.CheckConstraint(condition=models.Q(state__in=ReleaseState.values), name="release_state_known"),
            models.CheckConstraint(condition=models.Q(mode__in=Mode.values), name="release_mode_known"),
        ]

    def __str__(self) -> str:
        return f"{self.digest[:12]} of {self.project}, {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("studio_proposal", args=[self.project.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == ReleaseState.PROPOSED

    @property
    def package(self) -> Package:
        """The package that was proposed."""
        return package_in(bytes(self.archive), self.digest)
