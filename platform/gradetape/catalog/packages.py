"""What is secret about a version: its package, for workers, and the seeds it is graded with."""

import secrets
from functools import lru_cache

from grader.package import Package
from gradetape.catalog.models import ChallengeVersion, VersionArchive


@lru_cache(maxsize=32)
def package_of(digest: str) -> Package:
    """The package published under a digest. A version never changes, so neither does the answer."""
    archive = VersionArchive.objects.get(version__digest=digest)
    return Package.from_archive(bytes(archive.data))


def draw_seed(version: ChallengeVersion) -> int:
    """One of the seeds whose wanted answers are prepared ahead, not to be guessed."""
    seeds: list[int] = VersionArchive.objects.values_list("seeds", flat=True).get(version=version)
    return secrets.choice(seeds)


@lru_cache(maxsize=16)
def package_in(archive: bytes, digest: str) -> Package:
    """The package in an archive that is kept beside its digest. Raises ValueError where the two don't go together."""
    package = Package.from_archive(archive)
    if package.digest != digest:
        raise ValueError(f"expected the archive of {digest}, received that of {package.digest}")
    return package
