"""Every solution of every challenge, quickly: what must pass passes, what must be caught is caught.

The full proof is `make validate`, whose records test_records.py looks at.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.cli.workshop import cache_folder
from grader.engine import Engine
from grader.host import EngineHost
from grader.package import Package, library
from grader.validation.trying import validate
from tests.conftest import SLOT


@pytest.fixture(scope="module")
def both_cores(engine: Engine, engine_host: EngineHost) -> Iterator[list[Engine]]:
    """Two engines of the session's host."""
    with Engine(engine_host.run_dir, cache_folder(), SLOT + 1) as second:
        yield [engine, second]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("slug", library())
def test_every_solution_gets_what_its_folder_promises(
    engine_host: EngineHost, both_cores: list[Engine], slug: str
) -> None:
    package = Package.from_folder(library()[slug])
    engine_host.add(package.runtime)
    report = validate(package, both_cores, quick=True)
    assert (report.problems, report.kill_score) == ([], 1.0)
