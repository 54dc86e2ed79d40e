"""The committed records are those of the challenges as they are."""

from __future__ import annotations

import pytest

from grader.package import Package, library
from grader.validation import overview, records


@pytest.mark.parametrize("slug", sorted(library()))
def test_a_challenge_is_the_one_that_was_validated(slug: str) -> None:
    record, package = records.read(slug), Package.from_folder(library()[slug])
    assert record
    assert record.version == package.digest, f"{slug} changed since it was validated: run `make validate ARGS={slug}`"
    assert (record.kill_score, record.cases) == (1.0, len(package.cases))
    assert record.libraries == records.libraries(package.runtime)


def test_the_table_shows_the_records() -> None:
    text = overview.PAGE.read_text(encoding="utf-8")
    shown = text.partition(overview.BEGIN)[2].partition(overview.END)[0].strip()
    assert shown == overview.table().strip(), "run `make validate`, which writes the table"
