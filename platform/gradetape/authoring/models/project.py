"""Projects: challenges as their authors write them, file by file, and what the files were before."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone

from gradetape.accounts.models import Role, Team, User
from gradetape.catalog.models import ChallengeVersion
from gradetape.submissions.text import decoded

AUTHORS = (Role.AUTHOR, Role.ADMIN)


def may_author(user: User) -> bool:
    """Whether somebody may have projects at all."""
    return user.is_active and user.role in AUTHORS


class ProjectQuerySet(models.QuerySet["Project"]):
    """The one place that says which projects somebody may see, and with them all that hangs on these."""

    def visible_to(self, user: User) -> "ProjectQuerySet":
        """One's own and those of one's teams, for authors; whoever may publish sees all, to judge what is proposed;
        nobody else sees any.
        """
        if not may_author(user):
            return self.none()
        if user.may_publish:
            return self
        own, shared = user.projects.values("pk"), user.teams.filter(projects__isnull=False).values("projects")
        return self.filter(models.Q(pk__in=own) | models.Q(pk__in=shared))


class Project(models.Model):
    """A challenge that is being written. It belongs to `authors` and to the members of `teams`.

    `based_on`: the published version that its files were taken from.
    """

    slug = models.SlugField(max_length=60, unique=True)
    authors = models.ManyToManyField(User, related_name="projects")
    teams = models.ManyToManyField(Team, related_name="projects", blank=True)
    based_on = models.ForeignKey(ChallengeVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("studio_project", args=[self.slug])

    @property
    def scope(self) -> str:
        """Under which the audit log keeps what is done here."""
        return f"project:{self.slug}"


class ProjectFile(models.Model):
    """A file as it is now. `path` is that of the package (see grader.package): the reference is reference.py."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=160)
    content = models.BinaryField()
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar[models.Manager["ProjectFile"]] = models.Manager()

    class Meta:
        ordering = ["project", "path"]
        constraints = [models.UniqueConstraint(fields=["project", "path"], name="project_file_once")]

    def __str__(self) -> str:
        return f"{self.path}, revision {self.revision}"

    @property
    def text(self) -> str:
        return decoded(self.content)


class FileVersion(models.Model):
    """A file as it once was, also one that is deleted. They get thinner with age, like the versions of drafts.

    `kept`: something else took this content's place at one stroke.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="versions")
    path = models.CharField(max_length=160)
    content = models.BinaryField()
    revision = models.PositiveIntegerField()
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    size = models.PositiveIntegerField(default=0)
    kept = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["FileVersion"]] = models.Manager()

    class Meta:
        ordering = ["project", "path", "-revision"]
        constraints = [models.UniqueConstraint(fields=["project", "path", "revision"], name="file_version_once")]

    def __str__(self) -> str:
        return f"{self.path} as of revision {self.revision}"

    @property
    def text(self) -> str:
        return decoded(self.content)
