"""A challenge package in memory: its files, its digest, its archive.

The engine works on files in memory, so a version can come from a folder of this repository or out of a database. The
digest is over the files' names and contents, and names a version for good.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from grader.archives import Bounds, pack, unpack
from grader.exceptions import ArchiveError, PackageError
from grader.manifest import Case, Contract, Limits, Manifest, Part, parse

REQUIRED = ("challenge.toml", "statement.md", "starter.py", "probes.py", "reference.py")
MAX_FILE = 8 * 1024 * 1024
MAX_ALL = 32 * 1024 * 1024
MAX_FILES = 400
SLUG_FILE = "SLUG"
SUBMISSIONS = ("accepted", "rejected", "cheating")
REPOSITORY = Path(__file__).resolve().parent.parent


class Package:
    """One version of one challenge.

    `files` maps relative paths to contents; reference.py is the reference implementation.
    """

    def __init__(self, slug: str, files: Mapping[str, bytes]) -> None:
        """Raises PackageError naming the file when something is missing, too large or badly formed."""
        self.slug = slug
        self.files = dict(sorted(files.items()))
        for name in REQUIRED:
            if name not in self.files:
                raise PackageError(f"{slug}: expected the file {name}, received none")
        for name, content in self.files.items():
            if len(content) > MAX_FILE:
                raise PackageError(f"{slug}/{name}: expected at most {MAX_FILE} bytes, received {len(content)}")
        try:
            self.manifest: Manifest = parse(self.text("challenge.toml"))
        except PackageError as error:
            raise PackageError(f"{slug}/{error}") from error
        if any(case.replay for case in self.cases) != ("replays.py" in self.files):
            raise PackageError(f"{slug}: expected the file replays.py and cases with replay = true, received one alone")

    @classmethod
    def from_folder(cls, folder: Path, reference: Path | None = None) -> Package:
        """The package in `folder`; its reference is in reference/NAME.py beside the folder's parent unless it is
        given.
        """
        return cls(folder.name, files_in(folder, reference))

    @classmethod
    def from_archive(cls, archive: bytes) -> Package:
        """The package that `archive()` wrote.

        Every member is checked before it is read; nothing is unpacked to disk.
        """
        try:
            files = unpack(archive, Bounds(MAX_FILE, MAX_ALL, MAX_FILES))
        except ArchiveError as error:
            raise PackageError(f"archive: {error}") from error
        slug = files.pop(SLUG_FILE, b"").decode("utf-8", "replace")
        if not slug:
            raise PackageError(f"archive: expected a member {SLUG_FILE}, received none")
        return cls(slug, files)

    def archive(self) -> bytes:
        """The package as an uncompressed tar, the same bytes for the same files."""
        return pack({SLUG_FILE: self.slug.encode(), **self.files})

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the slug, and each file's name and content, in hex."""
        total = hashlib.sha256(self.slug.encode())
        for name, content in self.files.items():
            total.update(b"\0%d\0%s\0%d\0" % (len(name), name.encode(), len(content)))
            total.update(content)
        return total.hexdigest()

    def with_files(self, changes: Mapping[str, bytes]) -> Package:
        """A package with some files replaced."""
        return Package(self.slug, {**self.files, **changes})

    def text(self, name: str) -> str:
        """A file's text. Raises PackageError when it is not UTF-8."""
        try:
            return self.files[name].decode("utf-8")
        except UnicodeDecodeError as error:
            raise PackageError(f"{self.slug}/{name}: expected UTF-8, received other bytes") from error

    def folder(self, prefix: str) -> dict[str, bytes]:
        """The files below `prefix`, by their names without it."""
        return {name.removeprefix(prefix): content for name, content in self.files.items() if name.startswith(prefix)}

    def submissions(self, kind: str) -> dict[str, bytes]:
        """The sample submissions of one of SUBMISSIONS, by file name."""
        return {name: content for name, content in self.folder(f"submissions/{kind}/").items() if name.endswith(".py")}

    @property
    def title(self) -> str:
        return self.manifest.title

    @property
    def summary(self) -> str:
        return self.manifest.summary

    @property
    def kind(self) -> str:
        return self.manifest.kind

    @property
    def difficulty(self) -> str:
        return self.manifest.difficulty

    @property
    def topics(self) -> list[str]:
        return self.manifest.topics

    @property
    def runtime(self) -> str:
        return self.manifest.runtime

    @property
    def minutes(self) -> int:
        return self.manifest.minutes

    @property
    def limits(self) -> Limits:
        return self.manifest.limits

    @property
    def contract(self) -> list[Contract]:
        return self.manifest.contract

    @property
    def parts(self) -> list[Part]:
        return self.manifest.parts

    @property
    def cases(self) -> list[Case]:
        """The cases in the order in which they run: samples first, so that no output can carry a hidden input back."""
        return sorted(self.manifest.cases, key=lambda case: not case.sample)

    @property
    def statement(self) -> str:
        return self.text("statement.md")

    @property
    def starter(self) -> str:
        return self.text("starter.py")

    @property
    def review(self) -> str:
        return self.text("review.md") if "review.md" in self.files else ""

    @property
    def reference(self) -> str:
        return self.text("reference.py")

    @property
    def explanation(self) -> str:
        """What is shown beside the reference once somebody may see it, as Markdown: explanation.md, or where there is
        none the reference's own docstring; empty without either. Raises PackageError when a file is not UTF-8.
        """
        if "explanation.md" in self.files:
            return self.text("explanation.md")
        try:
            # As it stands: a module's docstring has no indentation of its own, and formulas keep theirs.
            return (ast.get_docstring(ast.parse(self.reference), clean=False) or "").strip()
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ""


def files_in(folder: Path, reference: Path | None = None) -> dict[str, bytes]:
    """The files of the package in `folder`, whatever is in them. Raises PackageError when there is no such folder."""
    if not folder.is_dir():
        raise PackageError(f"{folder.name}: no such challenge")
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    reference = reference or reference_of(folder)
    if reference.is_file():
        files["reference.py"] = reference.read_bytes()
    return files


def reference_of(folder: Path) -> Path:
    """Where the reference of the challenge in `folder` stands: in reference/ beside the folder's parent."""
    return folder.parent.parent / "reference" / f"{folder.name.replace('-', '_')}.py"


def library(root: Path = REPOSITORY) -> dict[str, Path]:
    """The folders of the challenges below `root`, by slug."""
    return {path.parent.name: path.parent for path in sorted((root / "challenges").glob("*/challenge.toml"))}
