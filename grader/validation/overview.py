"""The table of docs/challenges.md, made from the committed records and what the challenges say of themselves."""

from __future__ import annotations

from pathlib import Path

from grader.package import REPOSITORY, Package, library
from grader.validation import records

PAGE = REPOSITORY / "docs" / "challenges.md"
BEGIN, END = "<!-- table: written by `make validate` -->", "<!-- end of the table -->"
_HEAD = (
    "| challenge | kind | difficulty | runtime | cases | right | wrong | kill score | reference, CPU s |\n"
    "| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
)


def table() -> str:
    """A row for each challenge. Figures are those of its record; a dash stands where there is none."""
    return _HEAD + "".join(_row(Package.from_folder(folder)) for folder in library().values())


def write(page: Path = PAGE) -> None:
    """Put the table of today into the page, between its two marks."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{table()}{END}{after}", encoding="utf-8")


def _row(package: Package) -> str:
    record = records.read(package.slug)
    figures = (
        (record.accepted, record.rejected + record.cheating, f"{record.kill_score:.0%}", f"{record.cpu_s:.1f}")
        if record
        else ("–",) * 4
    )
    cells = (package.slug, package.kind, package.difficulty, package.runtime, len(package.cases), *figures)
    return f"| {' | '.join(str(cell) for cell in cells)} |\n"
