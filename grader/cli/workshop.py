"""What the commands share: finding packages, and an engine that lives as long as the command."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from grader.engine import Engine
from grader.exceptions import PackageError
from grader.host import EngineHost
from grader.package import REPOSITORY, Package, library

_SLOTS = 1000


class WrongUsageError(Exception):
    """The command was called wrongly; the message says how, in one line."""


def package_of(slug: str) -> Package:
    """The challenge in this repository. Raises WrongUsageError for an unknown or broken one."""
    known = library()
    if slug not in known:
        raise WrongUsageError(
            f"unknown challenge {slug!r}: expected one of {', '.join(known) or 'none (there are none)'}"
        )
    try:
        return Package.from_folder(known[slug])
    except PackageError as error:
        raise WrongUsageError(str(error)) from error


@contextmanager
def engines(count: int, runtimes: tuple[str, ...]) -> Iterator[list[Engine]]:
    """Engines on slots of their own, with zygotes that end with the command."""
    with tempfile.TemporaryDirectory(prefix="gradetape-") as folder, ExitStack() as stack:
        cache = cache_folder()
        stack.enter_context(EngineHost(Path(folder), cache, runtimes))
        first = _SLOTS + os.getpid() % _SLOTS * 8
        made = [stack.enter_context(Engine(Path(folder), cache, first + index)) for index in range(count)]
        for engine in made:
            engine.warm(runtimes[0])
        yield made


def cache_folder() -> Path:
    """Where wanted answers are kept between commands:

    GRADETAPE_CACHE, or var/cache in the repository where it can be written.
    """
    if named := os.environ.get("GRADETAPE_CACHE"):
        return Path(named)
    own = REPOSITORY / "var" / "cache"
    try:
        own.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path.home() / ".cache" / "gradetape"
    return own if os.access(own, os.W_OK) else Path.home() / ".cache" / "gradetape"
