"""Records of validations: an unchanged challenge is not validated again, and a changed one is known by its record.

There are two kinds of file. A kept summary in the cache belongs to one digest, one engine and one TensorFlow. The
record in challenges/records/ is committed with the challenge, and a test refuses a package that differs from it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from grader.libraries import engine_digest, libraries
from grader.package import REPOSITORY, Package

RECORDS = REPOSITORY / "challenges" / "records"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What a full validation proved: of which version, on which libraries, with which figures."""

    challenge: str
    version: str
    libraries: dict[str, str]
    cases: int
    accepted: int
    rejected: int
    cheating: int
    kill_score: float
    cpu_s: float


def record_of(package: Package, summary: dict[str, Any]) -> Record:
    """The record of a sound summary (see `Report.summary`)."""
    kinds = [solution["kind"] for solution in summary["solutions"]]
    return Record(
        challenge=package.slug,
        version=package.digest,
        libraries=libraries(package.runtime),
        cases=summary["cases"],
        accepted=kinds.count("accepted"),
        rejected=kinds.count("rejected"),
        cheating=kinds.count("cheating"),
        kill_score=summary["kill_score"],
        cpu_s=summary["cpu_s"],
    )


def read(slug: str, folder: Path = RECORDS) -> Record | None:
    """The committed record of a challenge, if there is one."""
    path = folder / f"{slug}.json"
    return msgspec.json.decode(path.read_bytes(), type=Record) if path.is_file() else None


def write(record: Record, folder: Path = RECORDS) -> None:
    """Write the record that is to be committed."""
    folder.mkdir(exist_ok=True)
    (folder / f"{record.challenge}.json").write_bytes(msgspec.json.format(msgspec.json.encode(record)) + b"\n")


class Kept:
    """Summaries of full validations, by all that they depend on."""

    def __init__(self, cache_dir: Path) -> None:
        self._folder = cache_dir / "validations"

    def get(self, package: Package) -> dict[str, Any] | None:
        """The summary of this very version, if it was validated on this engine before."""
        try:
            summary: dict[str, Any] = msgspec.json.decode(self._path(package).read_bytes(), type=dict[str, Any])
        except (FileNotFoundError, msgspec.MsgspecError):
            return None
        return summary

    def put(self, package: Package, summary: dict[str, Any]) -> None:
        """Keep a sound summary."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(package)
        partial = path.with_suffix(".partial")
        partial.write_bytes(msgspec.json.encode(summary))
        partial.replace(path)

    def _path(self, package: Package) -> Path:
        parts = [package.digest, engine_digest(), *(f"{k}={v}" for k, v in libraries(package.runtime).items())]
        return self._folder / f"{hashlib.sha256(':'.join(parts).encode()).hexdigest()}.json"
