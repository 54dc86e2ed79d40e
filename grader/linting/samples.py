"""The sample submissions: what they promise in their first lines, and how many there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.linting.description import Description
from grader.linting.problem import Problem, error, warning
from grader.package import SUBMISSIONS
from grader.validation.plan import WRONG, named_cases

# What the proof of a challenge asks for.
ENOUGH = {"accepted": 3, "rejected": 8, "cheating": 3}
EVERY_CASE = "all"
_LINE = {"caught by": re.compile(rb"^#\s*caught by:", re.M), "why": re.compile(rb"^#\s*why:\s*\S", re.M),
         "style": re.compile(rb"^#\s*style:\s*\S", re.M)}  # fmt: skip


def problems(description: Description, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """What is wrong with the submissions; their Python is looked at elsewhere."""
    for kind in SUBMISSIONS:
        folder = f"submissions/{kind}/"
        mine = {path: content for path, content in files.items() if path.startswith(folder) and path.endswith(".py")}
        if len(mine) < ENOUGH[kind]:
            message = f"Expected at least {ENOUGH[kind]} files in {folder}, received {len(mine)}. "
            yield warning("challenge.toml", f"{message}The proof of a challenge needs them.")
        for path, content in mine.items():
            yield from _wrong(description, path, content) if kind in WRONG else _accepted(path, content)


def _accepted(path: str, content: bytes) -> Iterator[Problem]:
    if not _LINE["style"].search(content):
        yield warning(path, "Expected a line `# style: …` that says what is special about this way, received none.")


def _wrong(description: Description, path: str, content: bytes) -> Iterator[Problem]:
    if not _LINE["why"].search(content):
        yield warning(path, "Expected a line `# why: …` that says what is wrong here, received none.")
    if not (at := _LINE["caught by"].search(content)):
        message = "Expected a line `# caught by: case, case` with the cases that must not pass, received none."
        yield error(path, f"{message} Write it first in the file.")
        return
    named = named_cases(content)
    line = content.count(b"\n", 0, at.start()) + 1
    if not named:
        yield error(path, "Expected the ids of cases after `# caught by:`, received nothing.", line)
    if description.manifest is None or named == [EVERY_CASE]:
        return
    ids = {case.id for case in description.manifest.cases}
    for name in named:
        if name not in ids:
            yield error(path, f"Expected cases out of {', '.join(sorted(ids))}, received {name!r}.", line)
