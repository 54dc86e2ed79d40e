"""Packages as the worker needs them: out of the database, kept while the process lives."""

from functools import lru_cache

from grader.package import Package
from gradetape.catalog.models import VersionArchive


@lru_cache(maxsize=32)
def package_of(digest: str) -> Package:
    """The package published under a digest. A version never changes, so neither does the answer."""
    archive = VersionArchive.objects.get(version__digest=digest)
    return Package.from_archive(bytes(archive.data))
