"""Reading what a probe hands over: regular files only, whatever the candidate's code left at the path.

A link, a pipe or a device is refused rather than followed or waited for. The bytes leave the jail as messages, so the
worker never opens a path that candidate code has made.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from grader.artifacts import MAX_BYTES, ArtifactRefused, Artifacts


class Parcel:
    """What one probe has handed over so far."""

    def __init__(self) -> None:
        self._taken = Artifacts()

    def files(self, path: Path, name: str) -> Iterator[tuple[str, bytes]]:
        """The file at `path` as `name`, or all files of the folder below `name`, with their contents.

        Raises ArtifactRefused.
        """
        found = _below(path, name) if path.is_dir() and not path.is_symlink() else [(name, path)]
        for file, place in found:
            content = _read(place)
            self._taken.add(file, content)
            yield file, content


def _below(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for entry in sorted(folder.rglob("*")):
        if entry.is_symlink() or not entry.is_dir():
            yield f"{name}/{entry.relative_to(folder).as_posix()}", entry


def _read(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ArtifactRefused(
            f"expected a regular file at {path.name}, received {_kind(path)} ({error.strerror})"
        ) from error
    with os.fdopen(descriptor, "rb") as file:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise ArtifactRefused(f"expected a regular file at {path.name}, received {_kind(path)}")
        if state.st_nlink != 1:
            raise ArtifactRefused(f"expected a file with one name at {path.name}, received {state.st_nlink} hard links")
        if state.st_size > MAX_BYTES:
            raise ArtifactRefused(
                f"expected at most {MAX_BYTES >> 20} MiB at {path.name}, received {state.st_size / (1 << 20):.0f} MiB"
            )
        return file.read(MAX_BYTES + 1)


def _kind(path: Path) -> str:
    """What is there, in a word or two."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "nothing"
    kinds = {
        stat.S_ISLNK: "a symbolic link",
        stat.S_ISFIFO: "a pipe",
        stat.S_ISSOCK: "a socket",
        stat.S_ISDIR: "a folder",
    }
    return next((words for test, words in kinds.items() if test(mode)), "something else")
