"""The seeds that submissions are graded with: a pool for each version, whose wanted answers are prepared ahead."""

from __future__ import annotations

import hashlib
import secrets

from grader.package import Package

POOL = 16
MAX_SEED = (1 << 63) - 1


def pool(package: Package) -> list[int]:
    """The seeds of a version. They follow from its digest, so every worker prepares the same ones."""
    return [
        int.from_bytes(hashlib.sha256(f"{package.digest}:{index}".encode()).digest()[:8], "big") & MAX_SEED
        for index in range(POOL)
    ]


def draw(package: Package) -> int:
    """One of the pool's seeds, not to be guessed."""
    return secrets.choice(pool(package))
