"""Plain files in one archive: an uncompressed tar, the same bytes for the same files, read as if a stranger made it.

Only what `pieces` writes is read: plain files with plain names, each once, with nothing after the end. tarfile's own
reader also takes links, sparse files, extended headers and sizes below zero; none of that is looked at here.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.exceptions import ArchiveError

_BLOCK = tarfile.BLOCKSIZE
_END = b"\0" * _BLOCK
_PLAIN = {tarfile.REGTYPE, tarfile.AREGTYPE}


@dataclass(frozen=True)
class Bounds:
    """The most that may be in an archive: bytes of one file, bytes of all, number of files."""

    file: int
    all: int
    files: int

    def __str__(self) -> str:
        return f"{self.files} files, {self.file} bytes in one and {self.all} bytes in all"


def pieces(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The archive of names and contents, piece by piece. Raises ValueError for a name that is too long."""
    written = 0
    for name, content in files:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        piece = member.tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict") + content + b"\0" * (-len(content) % _BLOCK)
        written += len(piece)
        yield piece
    yield b"\0" * (2 * _BLOCK + -(written + 2 * _BLOCK) % tarfile.RECORDSIZE)


def pack(files: Mapping[str, bytes]) -> bytes:
    """The whole archive at once."""
    return b"".join(pieces(files.items()))


def unpack(archive: bytes, bounds: Bounds) -> dict[str, bytes]:
    """The files by their names, in the archive's order; nothing is written to disk. Raises ArchiveError."""
    files: dict[str, bytes] = {}
    at = total = 0
    while (block := archive[at : at + _BLOCK]) != _END:
        member = _member(block)
        at, total = at + _BLOCK, total + member.size
        if member.size > bounds.file or total > bounds.all or len(files) >= bounds.files:
            raise ArchiveError(f"expected at most {bounds}, received more")
        if member.name in files:
            raise ArchiveError(f"expected each file once, received {member.name!r} twice")
        files[member.name] = archive[at : at + member.size]
        if len(files[member.name]) != member.size:
            raise ArchiveError(f"expected {member.size} bytes of {member.name!r}, received the end of the archive")
        at += -(-member.size // _BLOCK) * _BLOCK
    if archive[at:].strip(b"\0"):
        raise ArchiveError("expected nothing after the last file, received more bytes")
    return files


def _member(block: bytes) -> tarfile.TarInfo:
    """The header of one file."""
    try:
        member = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeDecodeError) as error:
        raise ArchiveError(f"expected a tar archive, received something else: {error}") from error
    path = PurePosixPath(member.name)
    is_plain = member.type in _PLAIN and member.size >= 0 and member.name.isprintable()
    if not is_plain or path.is_absolute() or ".." in path.parts or str(path) != member.name or not path.name:
        raise ArchiveError(f"expected plain files below the folder, received {member.name!r}")
    return member
