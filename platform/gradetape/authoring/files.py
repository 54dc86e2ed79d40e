"""A project's files: read as a package, written one at a time on top of the revision that was read.

Contents are bytes. Nothing here runs any of them.
"""

import hashlib
import re

from django.db import IntegrityError, transaction
from django.db.models import Count, Sum
from django.db.models.functions import Length
from django.utils import timezone

from grader.package import MAX_ALL, MAX_FILE, MAX_FILES, Package
from gradetape.accounts.models import User
from gradetape.audit import log
from gradetape.authoring import history
from gradetape.authoring.exceptions import BadPath, FileConflict, FileTooLarge, NoSuchFile
from gradetape.authoring.models import Project, ProjectFile
from gradetape.submissions.history import loses_much

# Names that every system takes and an archive holds as they are.
_PIECE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}")
TOP = (
    "challenge.toml", "statement.md", "starter.py", "probes.py", "checks.py", "replays.py", "reference.py",
    "explanation.md", "review.md",
)  # fmt: skip
FOLDERS = ("submissions/accepted", "submissions/rejected", "submissions/cheating", "data/public", "data/secret")
LONGEST = 95
# Characters of a fingerprint.
FINGERPRINT = 64


def contents_of(project: Project) -> dict[str, bytes]:
    """All files by their paths."""
    return {path: bytes(content) for path, content in project.files.values_list("path", "content")}


def package_of(project: Project) -> Package:
    """The project as a challenge package. Raises PackageError, which names what is missing or wrong."""
    return Package(project.slug, contents_of(project))


def fingerprint(project: Project) -> str:
    """Changes whenever a file of the project does."""
    rows = project.files.order_by("path").values_list("path", "revision")
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()


def checked_path(path: str) -> str:
    """The path, if a challenge may have such a file. Raises BadPath."""
    folder, _, name = path.rpartition("/")
    is_one = path in TOP if not folder else any(folder == one or folder.startswith(f"{one}/") for one in FOLDERS)
    pieces_fit = all(_PIECE.fullmatch(piece) for piece in path.split("/"))
    if len(path) > LONGEST or not pieces_fit or not is_one:
        raise BadPath(
            f"Expected one of {', '.join(TOP)}, or a file in {', '.join(FOLDERS)} named with letters, digits, "
            f"dots, dashes and underscores. Received {path[:100]!r}."
        )
    if folder.startswith("submissions/") and (folder.count("/") > 1 or not name.endswith(".py")):
        raise BadPath(
            f"Expected a sample submission right in its folder, with a name that ends in .py. Received {path!r}."
        )
    return path


def write(*, project: Project, path: str, content: bytes, by: User, revision: int, keep: bool = False) -> ProjectFile:
    """Keep a file's content, and write down who did. See put."""
    with transaction.atomic():
        file = put(project=project, path=path, content=content, by=by, revision=revision, keep=keep)
        log.record_look(actor=by, action="file.saved", scope=project.scope, about=_about(path))
    return file


def put(*, project: Project, path: str, content: bytes, by: User, revision: int, keep: bool = False) -> ProjectFile:
    """Keep a file's content on top of the revision that it was read at (0: it is new).

    Saving the same content again is no conflict, whatever the revision: an answer may have been lost on its way.
    What is replaced goes to the history where `keep` asks for it, and where most of it would be gone.
    Raises BadPath, FileTooLarge, FileConflict.
    """
    checked_path(path)
    with transaction.atomic():
        before = ProjectFile.objects.select_for_update().filter(project=project, path=path).first()
        if before is not None and bytes(before.content) == content:
            return before
        _measure(project, path, content)
        if before is None:
            file = _first(project=project, path=path, content=content, by=by, revision=revision)
        else:
            file = _next(before, content=content, by=by, revision=revision, keep=keep)
        history.record(file)
    return file


def remove(*, project: Project, path: str, by: User, revision: int) -> None:
    """Delete a file, and write down who did. See take_away."""
    with transaction.atomic():
        take_away(project=project, path=path, revision=revision)
        log.record(actor=by, action="file.deleted", scope=project.scope, about=_about(path))


def take_away(*, project: Project, path: str, revision: int) -> None:
    """Delete a file; its last content stays in the history. Raises NoSuchFile, FileConflict."""
    with transaction.atomic():
        file = _held(project, path, revision)
        history.keep(file)
        file.delete()


def rename(*, project: Project, path: str, to: str, by: User, revision: int) -> ProjectFile:
    """Give a file another path; its history comes along. Raises BadPath, NoSuchFile, FileConflict."""
    checked_path(to)
    with transaction.atomic():
        file = _held(project, path, revision)
        if ProjectFile.objects.filter(project=project, path=to).exists():
            raise BadPath(f"There is a file {to} already. Choose another name, or delete that one first.")
        # A file that was deleted under the new name has revisions of its own: these come after them.
        after = history.last_revision(project, to)
        history.move(project=project, path=path, to=to, after=after)
        file.path, file.revision = to, file.revision + after
        file.save(update_fields=["path", "revision"])
        log.record(actor=by, action="file.renamed", scope=project.scope, about=_about(path), to=to)
    return file


def _about(path: str) -> str:
    # The column's width; such long paths are below data/ alone.
    return f"file:{path}"[:80]


def _first(*, project: Project, path: str, content: bytes, by: User, revision: int) -> ProjectFile:
    """A file that was not there, unless another request has just made it, or it was deleted meanwhile."""
    if revision != 0:
        raise FileConflict("The file was deleted or renamed somewhere else since you loaded it.")
    try:
        with transaction.atomic():
            return ProjectFile.objects.create(
                project=project, path=path, content=content, saved_by=by,
                revision=history.last_revision(project, path) + 1,
            )  # fmt: skip
    except IntegrityError as error:
        raise FileConflict from error


def _next(before: ProjectFile, *, content: bytes, by: User, revision: int, keep: bool) -> ProjectFile:
    if before.revision != revision:
        raise FileConflict
    if keep or loses_much(bytes(before.content), content):
        history.keep(before)
    before.content, before.revision = content, revision + 1
    before.saved_at, before.saved_by = timezone.now(), by
    before.save(update_fields=["content", "revision", "saved_at", "saved_by"])
    return before


def _held(project: Project, path: str, revision: int) -> ProjectFile:
    """The file, held until the end of the transaction, if it is as its author saw it."""
    file = ProjectFile.objects.select_for_update().filter(project=project, path=path).first()
    if file is None:
        raise NoSuchFile
    if file.revision != revision:
        raise FileConflict
    return file


def _measure(project: Project, path: str, content: bytes) -> None:
    """Raises FileTooLarge for what would make a package that can't be graded."""
    if len(content) > MAX_FILE:
        raise FileTooLarge(f"Expected at most {MAX_FILE // 2**20} MiB in a file, received {len(content) / 2**20:.1f}.")
    others = project.files.exclude(path=path).aggregate(count=Count("pk"), size=Sum(Length("content")))
    if others["count"] >= MAX_FILES or (others["size"] or 0) + len(content) > MAX_ALL:
        raise FileTooLarge(f"Expected at most {MAX_FILES} files and {MAX_ALL // 2**20} MiB in all, received more.")
