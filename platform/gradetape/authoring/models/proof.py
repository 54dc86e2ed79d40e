"""Proofs: validations of a project's files as they were at one moment, and what each trial of them gave."""

import uuid
from typing import Any, ClassVar

import msgspec
from django.db import models
from django.urls import reverse
from django.utils import timezone

from grader.package import Package
from grader.validation.plan import Trial
from grader.validation.story import Tried
from gradetape.accounts.models import User
from gradetape.authoring.models.project import Project
from gradetape.catalog.packages import package_in
from gradetape.turntaking.models import InTurns, InTurnsQuerySet, Stage

MUTANT = "mutant"


class ProofKind(models.TextChoices):
    """Quick: every solution once or twice. Full: all that publishing asks for."""

    QUICK = "quick", "Quick"
    FULL = "full", "Full"


class ProofQuerySet(InTurnsQuerySet["Proof"]):
    """Proofs, by where they are."""

    def listed(self) -> "ProofQuerySet":
        """Without the package, which is large."""
        return self.defer("archive", "measured")


class Proof(InTurns):
    """One validation. It is made in turns, one trial each, and between them workers are free for people.

    `measured` is what is known of natural errors (see grader.validation.tolerance), `engine` and `libraries` are
    what the outcomes hang on besides the package.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="proofs")
    started_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=8, choices=ProofKind.choices)
    digest = models.CharField(max_length=64)
    engine = models.CharField(max_length=64)
    archive = models.BinaryField()
    libraries = models.JSONField(default=dict)
    measured = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sound = models.BooleanField(null=True)

    objects = ProofQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="proof_of_project"),
            models.Index(fields=["project", "digest"], name="proof_of_digest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                name="proof_one_open",
                condition=models.Q(state__in=["queued", "running"]),
            ),
            models.CheckConstraint(condition=models.Q(state__in=Stage.values), name="proof_state_known"),
            models.CheckConstraint(condition=models.Q(kind__in=ProofKind.values), name="proof_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} proof of {self.digest[:12]}"

    def get_absolute_url(self) -> str:
        return f"{reverse('studio_proof', args=[self.project.slug])}?proof={self.pk}"

    @property
    def is_quick(self) -> bool:
        return self.kind == ProofKind.QUICK

    @property
    def package(self) -> Package:
        """The package that is tried, as it was when the proof was started."""
        return package_in(bytes(self.archive), self.digest)


class ProofTrial(models.Model):
    """One solution under one seed. `turn`: in which it was made (None: not yet); `tried`: what it gave.

    `only` and `caught_by` are lists of cases (see grader.validation.plan.Trial). A mutant has its own `source`, and
    says in `change` what was changed.
    """

    proof = models.ForeignKey(Proof, on_delete=models.CASCADE, related_name="trials")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=160)
    seed = models.BigIntegerField()
    only = models.JSONField(null=True)
    caught_by = models.JSONField(default=list)
    source = models.BinaryField(null=True)
    change = models.JSONField(null=True)
    turn = models.PositiveIntegerField(null=True)
    tried = models.JSONField(null=True)

    objects: ClassVar[models.Manager["ProofTrial"]] = models.Manager()

    class Meta:
        ordering = ["proof", "position"]
        constraints = [models.UniqueConstraint(fields=["proof", "position"], name="proof_trial_once")]

    def __str__(self) -> str:
        return f"{self.key}, seed {self.seed}"

    @property
    def key(self) -> str:
        """What names the solution within its proof."""
        return f"{self.kind}/{self.name}"

    @property
    def is_loaded(self) -> bool:
        """Whether it is tried beside other work: a full proof does so under every second seed of what must pass."""
        return not self.proof.is_quick and self.kind in ("reference", "accepted") and self.position % 2 == 1

    @property
    def path(self) -> str:
        """The file in the package; a mutant has none, and comes from the reference."""
        if self.kind in ("reference", "starter"):
            return self.name
        return "reference.py" if self.kind == MUTANT else f"submissions/{self.key}"

    @property
    def result(self) -> Tried | None:
        return None if self.tried is None else msgspec.convert(self.tried, Tried)

    def trial(self, package: Package) -> Trial:
        """The trial as the engine's side takes it."""
        # A mutant's alone is kept here; lists leave it in the database.
        source = bytes(self.source or b"") if self.kind == MUTANT else package.files[self.path]
        only = None if self.only is None else frozenset(self.only)
        return Trial(self.kind, self.name, source, self.seed, frozenset(self.caught_by), only)


def planned_rows(proof: Proof, trials: list[Trial]) -> list[ProofTrial]:
    """A row for each trial, in the plan's order. The sources stand in the package."""
    facts: list[dict[str, Any]] = [
        {
            "kind": trial.kind,
            "name": trial.name,
            "seed": trial.seed,
            "only": None if trial.only is None else sorted(trial.only),
            "caught_by": sorted(trial.caught_by),
        }
        for trial in trials
    ]
    return [ProofTrial(proof=proof, position=position, **fact) for position, fact in enumerate(facts)]
