"""What a project's files were before: many versions of the last hour, few of last month."""

from django.db.models import F, QuerySet
from django.utils import timezone

from gradetape.authoring.models import FileVersion, Project, ProjectFile
from gradetape.submissions.history import EVERY, Seen, survivors


def record(file: ProjectFile) -> None:
    """Add the file as it is now to its history, unless the newest entry is less than a minute old."""
    newest = versions_of(file.project, file.path).values_list("saved_at", flat=True).first()
    if newest is None or file.saved_at - newest >= EVERY:
        _write(file, kept=False)


def keep(file: ProjectFile) -> None:
    """Add the file as it is now, whatever else its history holds: it is about to be replaced."""
    _write(file, kept=True)


def versions_of(project: Project, path: str) -> QuerySet[FileVersion]:
    """The history of a path, the newest first; also when there is no such file any more."""
    return FileVersion.objects.filter(project=project, path=path).order_by("-revision")


def last_revision(project: Project, path: str) -> int:
    """The highest revision that the path ever had in its history; 0 without one."""
    return versions_of(project, path).values_list("revision", flat=True).first() or 0


def move(*, project: Project, path: str, to: str, after: int) -> None:
    """Let the history of `path` go on under another one, with revisions counted from `after`."""
    versions_of(project, path).update(path=to, revision=F("revision") + after)


def _write(file: ProjectFile, *, kept: bool) -> None:
    facts = {
        "content": file.content, "saved_at": file.saved_at, "saved_by": file.saved_by,
        "size": len(bytes(file.content)), "kept": kept,
    }  # fmt: skip
    FileVersion.objects.update_or_create(project=file.project, path=file.path, revision=file.revision, defaults=facts)
    versions = versions_of(file.project, file.path)
    seen = [Seen(*row) for row in versions.values_list("revision", "saved_at", "size", "kept")]
    stay = survivors(seen, timezone.now())
    gone = [version.revision for version in seen if version.revision not in stay]
    if gone:
        versions.filter(revision__in=gone).delete()
