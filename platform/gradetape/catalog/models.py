"""Challenges, and the immutable versions of them that submissions are graded with."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.urls import reverse

from gradetape.accounts.models import User
from gradetape.catalog.exceptions import VersionIsFinal


class Kind(models.TextChoices):
    """Where a question comes from."""

    CODING = "coding", "Coding"
    SCENARIO = "scenario", "Scenario"


class Difficulty(models.TextChoices):
    """How much is asked."""

    EASY = "easy", "Easy"
    MEDIUM = "medium", "Medium"
    HARD = "hard", "Hard"


class Origin(models.TextChoices):
    """Where a version was published."""

    FOLDER = "folder", "A folder, by the command line"
    STUDIO = "studio", "The studio"


class ChallengeQuerySet(models.QuerySet["Challenge"]):
    """The one place that says which challenges somebody may see."""

    def visible_to(self, user: User) -> "ChallengeQuerySet":
        """What is published. Later kinds of access are added here and nowhere else."""
        return self.filter(live__isnull=False) if user.is_active else self.none()

    def kept_for(self, user: User) -> "ChallengeQuerySet":
        """That, and what was withdrawn: what somebody has typed there, also on a page that is still open, is kept."""
        known = self.filter(models.Q(live__isnull=False) | models.Q(withdrawn__isnull=False))
        return known if user.is_active else self.none()


class Challenge(models.Model):
    """A question that can be solved here. Its facts are those of the version that is live."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    summary = models.CharField(max_length=300)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    difficulty = models.CharField(max_length=16, choices=Difficulty.choices)
    topics = models.JSONField(default=list)
    runtime = models.CharField(max_length=16)
    minutes = models.PositiveSmallIntegerField()
    # What a search looks through: see words_of.
    words = models.TextField(default="", editable=False)
    live = models.ForeignKey("ChallengeVersion", null=True, on_delete=models.PROTECT, related_name="+")
    # Of a challenge that was withdrawn: the version that was live until then.
    withdrawn = models.ForeignKey("ChallengeVersion", null=True, on_delete=models.PROTECT, related_name="+")
    # What is live, or that nothing is, was decided in the studio: importing folders does not change it by the way.
    decided_in_studio = models.BooleanField(default=False)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("challenge", args=[self.slug])

    @property
    def scope(self) -> str:
        """Under which the audit log keeps what is done to it."""
        return f"challenge:{self.slug}"


class ChallengeTopic(models.Model):
    """A topic of a challenge, as lists filter and group by it. `key` is the name in small letters."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="topic_rows")
    key = models.CharField(max_length=100)
    name = models.CharField(max_length=100)

    objects: ClassVar[models.Manager["ChallengeTopic"]] = models.Manager()

    class Meta:
        ordering = ["challenge", "key"]
        constraints = [models.UniqueConstraint(fields=["challenge", "key"], name="challenge_topic_once")]
        indexes = [models.Index(fields=["key", "challenge"], name="challenge_topic_key")]

    def __str__(self) -> str:
        return self.name


class ChallengeVersion(models.Model):
    """What was published under a digest: all that pages may show of it. Never changed, and free of hints and checks."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    runtime = models.CharField(max_length=16)
    statement = models.TextField()
    statement_html = models.TextField()
    starter = models.TextField()
    parts = models.JSONField()
    cases = models.JSONField()
    contract = models.JSONField(default=list)
    limits = models.JSONField()
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.FOLDER)
    # What changed, in the words of whoever published it.
    note = models.TextField(blank=True)
    # None: the command line, or somebody who has left.
    published_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["challenge", "-number"]
        constraints = [models.UniqueConstraint(fields=["challenge", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.challenge} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only: submissions point at what they were graded with. Raises VersionIsFinal."""
        if not self._state.adding:
            raise VersionIsFinal
        super().save(*args, **kwargs)

    @property
    def case_count(self) -> int:
        return len(self.cases)

    def parts_with_cases(self, *, samples_only: bool = False) -> list[dict[str, Any]]:
        """Each part with its points and its cases, in the order of the package; parts without a case are left out."""
        cases: dict[str, list[dict[str, Any]]] = {}
        for case in self.cases:
            if case["sample"] or not samples_only:
                cases.setdefault(case["part"], []).append(case)
        return [{**part, "cases": cases[part["id"]]} for part in self.parts if part["id"] in cases]


class VersionArchive(models.Model):
    """The package of a version and the seeds it is graded with: in a table that no list loads, and no page either, but
    that of a solution for those who may see it (study/disclosure.py).
    """

    version = models.OneToOneField(ChallengeVersion, primary_key=True, on_delete=models.PROTECT, related_name="archive")
    data = models.BinaryField()
    seeds = models.JSONField()

    objects: ClassVar[models.Manager["VersionArchive"]] = models.Manager()

    def __str__(self) -> str:
        return f"archive of version {self.pk}"


def words_of(title: str, summary: str, topics: Iterable[str]) -> str:
    """The text that a search looks through, in small letters."""
    return " ".join([title, summary, *topics]).casefold()


def public_parts(parts: Iterable[Any], cases: Iterable[Any]) -> list[dict[str, Any]]:
    """The parts of a package as pages show them."""
    points: dict[str, float] = {}
    for case in cases:
        points[case.part] = points.get(case.part, 0) + case.points
    return [{"id": part.id, "title": part.title, "points": points.get(part.id, 0)} for part in parts]


def public_contract(names: Iterable[Any]) -> list[dict[str, str]]:
    """The names that a solution has to define, as the editor completes them; the statement says the same in words."""
    return [{"name": one.name, "kind": one.kind, "signature": one.signature} for one in names]


def public_cases(cases: Iterable[Any]) -> list[dict[str, Any]]:
    """The cases as pages show them: a hint comes with a failed case's result and from nowhere else."""
    return [
        {"id": case.id, "part": case.part, "title": case.title, "points": case.points, "sample": case.sample}
        for case in cases
    ]
