"""bundle.json: what was decided, of what, and on what. The closed struct below is the format's reference."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from grader.events import CaseFinished
from grader.manifest import Id
from grader.model import Verdict
from grader.seeds import MAX_SEED

FORMAT: Literal[1] = 1
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One verdict.

    `version` is the digest of the challenge's version and `seed` what drew its inputs: both are None for a candidate,
    since a version's seeds follow from its digest. `proof` says for everybody which version it was (see `proof_of`).
    `cases` are what candidates were told of them; points and scores are of 100. `libraries` are those that decided, by
    `grader.libraries`; empty where they were not written down. Times are in UTC, `timings` in milliseconds and CPU
    seconds.
    """

    format: Literal[1]
    submission: Annotated[str, Meta(max_length=60)]
    challenge: Id
    number: int
    version: Sha256 | None
    proof: Sha256
    seed: Annotated[int, Meta(ge=0, le=MAX_SEED)] | None
    samples_only: bool
    verdict: Verdict
    score: float
    message: str | None
    line: int | None
    cases: Annotated[tuple[CaseFinished, ...], Meta(max_length=1000)]
    output: dict[str, str]
    libraries: Annotated[dict[str, str], Meta(max_length=100)]
    timings: dict[str, Any]
    attempt: int
    sent_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def proof_of(digest: str) -> str:
    """What tells a version from all others to whoever has it, and to nobody else its digest: SHA-256, in hex."""
    return hashlib.sha256(f"bundle:{digest}".encode()).hexdigest()
