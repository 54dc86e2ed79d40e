"""A project's files as the pages list them."""

from dataclasses import dataclass

from django.db.models.functions import Length

from gradetape.authoring.files import TOP
from gradetape.authoring.models import FileVersion, Project
from gradetape.submissions.text import decoded

GROUPS = (
    ("Challenge", ""),
    ("Accepted", "submissions/accepted/"),
    ("Rejected", "submissions/rejected/"),
    ("Cheating", "submissions/cheating/"),
    ("Public data", "data/public/"),
    ("Secret data", "data/secret/"),
)
TEXTS = (".py", ".md", ".toml", ".txt", ".csv", ".json")
# What an editor in a page holds well, and a request may carry.
LARGEST_TEXT = 256 * 1024


@dataclass(frozen=True)
class Entry:
    """A file in the list."""

    path: str
    name: str
    size: int
    revision: int


@dataclass(frozen=True)
class Group:
    """Files of one kind."""

    title: str
    prefix: str
    entries: list[Entry]


def groups_of(project: Project) -> list[Group]:
    """The files by kind: those on top in the order in which one writes them, the others by name."""
    rows = project.files.annotate(size=Length("content")).values_list("path", "size", "revision").order_by("path")
    found = []
    for title, prefix in GROUPS:
        mine = [row for row in rows if (row[0].startswith(prefix) if prefix else "/" not in row[0])]
        entries = [Entry(path, path.removeprefix(prefix), size, revision) for path, size, revision in mine]
        if not prefix:
            entries.sort(key=lambda entry: TOP.index(entry.path) if entry.path in TOP else len(TOP))
        found.append(Group(title, prefix, entries))
    return found


def deleted_of(project: Project) -> list[str]:
    """The paths that once had a file and can have it back."""
    there = project.files.values("path")
    gone = FileVersion.objects.filter(project=project).exclude(path__in=there)
    return list(gone.order_by("path").values_list("path", flat=True).distinct())


def is_text(path: str, content: bytes) -> bool:
    """Whether the editor may open it without harm: whatever is no UTF-8 would come back changed."""
    if not path.endswith(TEXTS) or len(content) > LARGEST_TEXT or b"\0" in content:
        return False
    return decoded(content).encode("utf-8", "surrogatepass") == content and b"\r" not in content
