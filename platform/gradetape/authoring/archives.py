"""Archives with a challenge, as people make them: tar, tar.gz or zip, with or without a folder around the files.

Each member is looked at before it is read, and read in memory only; nothing is unpacked to disk. What is no plain file
with a name of a challenge's file is refused with its name. Sizes are counted while reading: what a header announces is
not believed.
"""

import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from grader.archives import pack
from grader.package import MAX_ALL, MAX_FILE, MAX_FILES, SLUG_FILE
from gradetape.authoring.exceptions import AuthoringError, BadPath
from gradetape.authoring.files import checked_path

LARGEST = 16 * 1024 * 1024
CHUNK = 64 * 1024
# What systems add by themselves; nobody means these.
_LITTER = ("__MACOSX/", ".DS_Store", "__pycache__/", "Thumbs.db")


class BadArchive(AuthoringError):
    """This is no archive with a challenge."""

    code = "bad_archive"


class Unpacked:
    """What an archive holds: the files of one challenge, and its short name where the archive says one."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.slug = files.pop(SLUG_FILE, b"").decode("utf-8", "replace").strip()
        self.files = files


def packed(slug: str, contents: dict[str, bytes]) -> bytes:
    """The files as an archive, the same bytes for the same files; also of what is no sound package yet."""
    return pack({SLUG_FILE: slug.encode(), **dict(sorted(contents.items()))})


def unpacked(archive: bytes) -> Unpacked:
    """The files of an archive. Raises BadArchive, which says what is wrong with which member."""
    if len(archive) > LARGEST:
        raise BadArchive(f"Expected at most {LARGEST // 2**20} MiB, received {len(archive) / 2**20:.1f}.")
    try:
        if archive.startswith(b"PK"):
            members = list(_of_zip(archive))
        else:
            members = list(_of_tar(_inflated(archive) if archive.startswith(b"\x1f\x8b") else archive))
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise BadArchive(
            f"Expected a .tar, .tar.gz or .zip that can be read, received something else: {error}."
        ) from error
    except (ValueError, OverflowError) as error:
        raise BadArchive(
            "Expected a .tar, .tar.gz or .zip that can be read, received one with broken headers."
        ) from error
    return Unpacked(_checked(members))


def _of_tar(archive: bytes) -> Iterator[tuple[str, bytes]]:
    bound = _Bound()
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as tar:
        for member in tar:
            if member.isdir():
                continue
            if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.size < 0:
                raise BadArchive(f"Expected plain files, received {member.name[:100]!r}, which is {_kind(member)}.")
            content = tar.extractfile(member)
            assert content is not None  # of a plain file there is one
            yield member.name, bound.read(member.name, content)


def _of_zip(archive: bytes) -> Iterator[tuple[str, bytes]]:
    bound = _Bound()
    with zipfile.ZipFile(io.BytesIO(archive)) as held:
        if len(held.infolist()) > 4 * MAX_FILES:
            raise BadArchive(f"Expected at most {MAX_FILES} files, received {len(held.infolist())} members.")
        for member in held.infolist():
            if member.is_dir():
                continue
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                raise BadArchive(
                    f"Expected plain files, received {member.filename[:100]!r}, which is a link or the like."
                )
            if member.flag_bits & 1:
                raise BadArchive(f"Expected files that are not encrypted, received {member.filename[:100]!r}.")
            with held.open(member) as content:
                yield member.filename, bound.read(member.filename, content)


class _Bound:
    """Counts what has been read, so that a small archive can't become large."""

    def __init__(self) -> None:
        self._files = 0
        self._bytes = 0

    def read(self, name: str, content: IO[bytes]) -> bytes:
        self._files += 1
        if self._files > MAX_FILES:
            raise BadArchive(f"Expected at most {MAX_FILES} files, received more.")
        taken = content.read(MAX_FILE + 1)
        self._bytes += len(taken)
        if len(taken) > MAX_FILE:
            raise BadArchive(f"Expected at most {MAX_FILE // 2**20} MiB in a file, received more in {name[:100]!r}.")
        if self._bytes > MAX_ALL:
            raise BadArchive(f"Expected at most {MAX_ALL // 2**20} MiB in all, received more.")
        return taken


def _inflated(archive: bytes) -> bytes:
    """A tar out of its gzip, as long as it stays within what a package may hold."""
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    pieces, size, rest = [], 0, archive
    while rest and not reader.eof:
        piece = reader.decompress(rest, CHUNK)
        rest = reader.unconsumed_tail
        size += len(piece)
        # Headers and padding take at most a kibibyte and a half for each file.
        if size > MAX_ALL + MAX_FILES * 1536:
            raise BadArchive(f"Expected at most {MAX_ALL // 2**20} MiB in all, received more once it is unpacked.")
        pieces.append(piece)
    if not reader.eof:
        raise BadArchive("Expected a whole .tar.gz, received one that breaks off.")
    return b"".join(pieces)


def _checked(members: list[tuple[str, bytes]]) -> dict[str, bytes]:
    """The files by the names that they have in a challenge. Raises BadArchive."""
    kept = [(_tidy(name), content) for name, content in members if not any(litter in name for litter in _LITTER)]
    folder = _folder_around([name for name, _ in kept])
    files: dict[str, bytes] = {}
    for name, content in kept:
        path = name.removeprefix(folder)
        if path != SLUG_FILE:
            try:
                checked_path(path)
            except BadPath as error:
                raise BadArchive(str(error)) from error
        if path in files:
            raise BadArchive(f"Expected each file once, received {path!r} twice.")
        files[path] = content
    if not files.keys() - {SLUG_FILE}:
        raise BadArchive("Expected the files of a challenge, received an archive without files.")
    return files


def _tidy(name: str) -> str:
    """`./probes.py` is probes.py. What leaves the folder is refused and not mended."""
    tidy = name
    while tidy.startswith("./"):
        tidy = tidy[2:]
    if tidy.startswith(("/", "\\")) or ".." in tidy.replace("\\", "/").split("/") or ":" in tidy.split("/")[0]:
        raise BadArchive(f"Expected names below the challenge's folder, received {name[:100]!r}.")
    return tidy


def _folder_around(names: list[str]) -> str:
    """The one folder that all files are in, such as `my-challenge/`; empty where the files are on top."""
    tops = {name.partition("/")[0] for name in names if "/" in name}
    if len(tops) == 1 and all("/" in name for name in names):
        (top,) = tops
        return f"{top}/" if top not in ("data", "submissions") else ""
    return ""


def _kind(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return "a link"
    return "a device or a pipe" if member.isdev() else "something else"
