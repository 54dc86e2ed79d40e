"""A bundle as a file: an archive (see grader.archives) with these members.

    bundle.json     the verdict and all that is known of it (grader/bundles/record.py)
    source.py       what was sent, byte for byte
    events.jsonl    the story as it was told, an event a line
    package.tar     the challenge's version, as Package.archive() makes it; not for candidates

A bundle comes from anywhere, so all of it is checked before any of it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from grader.archives import Bounds, unpack
from grader.bundles.record import Record, proof_of
from grader.exceptions import ArchiveError, BundleError, PackageError
from grader.package import Package

RECORD, SOURCE, EVENTS, PACKAGE = "bundle.json", "source.py", "events.jsonl", "package.tar"
NEEDED = (RECORD, SOURCE, EVENTS)
# A package of 32 MiB with its headers; the rest is far smaller.
BOUNDS = Bounds(file=34 << 20, all=64 << 20, files=4)
MAX_TEXT = 16 << 20
MAX_BUNDLE = BOUNDS.all + (1 << 20)


@dataclass(frozen=True)
class Bundle:
    """A bundle that was read: well formed in every member, and its package the version that it speaks of."""

    record: Record
    source: bytes
    package: Package | None


def members(record: Record, source: bytes, events: Iterable[Any], package: bytes | None) -> Iterator[tuple[str, bytes]]:
    """Names and contents, for grader.archives.pieces. `events` are plain data, `package` is an archive."""
    yield RECORD, msgspec.json.format(msgspec.json.encode(record)) + b"\n"
    yield SOURCE, source
    yield EVENTS, b"".join(msgspec.json.encode(event) + b"\n" for event in events)
    if package is not None:
        yield PACKAGE, package


def read_file(path: Path) -> Bundle:
    """The bundle in a file. Raises BundleError."""
    try:
        if not path.is_file():
            raise BundleError("expected a file, received none")
        with path.open("rb") as file:
            content = file.read(MAX_BUNDLE + 1)
    except OSError as error:
        raise BundleError(f"{error.strerror or error}") from error
    return read(content)


def read(content: bytes) -> Bundle:
    """The bundle. Raises BundleError, which says in one line what was expected and what was received."""
    if len(content) > MAX_BUNDLE:
        raise BundleError(f"expected at most {MAX_BUNDLE} bytes, received more")
    try:
        files = unpack(content, BOUNDS)
    except ArchiveError as error:
        raise BundleError(str(error)) from error
    for name in NEEDED:
        if name not in files:
            raise BundleError(f"expected the member {name}, received none")
        if len(files[name]) > MAX_TEXT:
            raise BundleError(f"{name}: expected at most {MAX_TEXT} bytes, received {len(files[name])}")
    if strangers := sorted(set(files) - {*NEEDED, PACKAGE}):
        raise BundleError(f"expected nothing but a bundle's members, received {strangers[0]!r}")
    record = _record(files[RECORD])
    _check_events(files[EVENTS])
    return Bundle(record, files[SOURCE], _package(record, files.get(PACKAGE)))


def _record(content: bytes) -> Record:
    try:
        record = msgspec.json.decode(content, type=Record)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BundleError(f"{RECORD}: {error}") from error
    if record.version is not None and proof_of(record.version) != record.proof:
        raise BundleError(f"{RECORD}: expected a proof of the version that is named, received another one's")
    return record


def _check_events(content: bytes) -> None:
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            msgspec.json.decode(line, type=dict[str, Any])
        except (msgspec.MsgspecError, RecursionError) as error:
            raise BundleError(f"{EVENTS}, line {number}: {error}") from error


def _package(record: Record, archive: bytes | None) -> Package | None:
    if archive is None:
        return None
    try:
        package = Package.from_archive(archive)
    except PackageError as error:
        raise BundleError(f"{PACKAGE}: {error}") from error
    if package.slug != record.challenge or proof_of(package.digest) != record.proof:
        raise BundleError(f"{PACKAGE}: expected the version that the verdict is about, received another")
    return package
