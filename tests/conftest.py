"""The real engine for all tests:

zygotes started once a session, and the reference's answers kept between runs of the suite.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.cli.workshop import cache_folder
from grader.engine import Engine
from grader.host import EngineHost
from grader.model import GradeRequest, GradeResult
from grader.package import Package, library

# Each process of the test run has slots of its own: a slot is a host uid, whose limits all its processes share.
SLOT = 7 + 20 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
Grade = Callable[..., GradeResult]


@pytest.fixture(scope="session")
def engine_host() -> Iterator[EngineHost]:
    """A host with the keras3 zygote, in a folder of its own. `grade` adds another runtime's when it meets one."""
    with tempfile.TemporaryDirectory(prefix="gradetape-") as folder, EngineHost(Path(folder), cache_folder()) as host:
        yield host


@pytest.fixture(scope="session")
def engine(engine_host: EngineHost) -> Iterator[Engine]:
    """An engine on a slot of its own."""
    with Engine(engine_host.run_dir, cache_folder(), SLOT) as engine:
        yield engine


@pytest.fixture(scope="session")
def package() -> Callable[[str], Package]:
    """A challenge of this repository by its slug."""
    return lambda slug: Package.from_folder(library()[slug])


@pytest.fixture
def grade(engine: Engine, engine_host: EngineHost) -> Grade:
    """Grade a source against a package: `grade(package, source, seed=…, samples_only=…)`."""

    def run(package: Package, source: bytes | str, *, seed: int = 1, samples_only: bool = False) -> GradeResult:
        engine_host.add(package.runtime)
        content = source.encode() if isinstance(source, str) else source
        return engine.grade(GradeRequest(package, content, seed, samples_only))

    return run
