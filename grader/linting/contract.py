"""What a solution has to define, against the files that define it or speak of it; and what a statement has to have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from grader.linting.description import FILE, Description
from grader.linting.problem import Problem, error, warning
from grader.linting.python import defined

STATEMENT = "statement.md"
DEFINING = ("starter.py", "reference.py")
_EXAMPLE = re.compile(r"^(```|~~~|    \S)", re.M)


def problems(description: Description, texts: Mapping[str, str], trees: Mapping[str, ast.Module]) -> Iterator[Problem]:
    """Names of the contract that starter, reference or statement do not know; a statement without an example."""
    contract = description.manifest.contract if description.manifest else []
    for index, one in enumerate(contract):
        for file in DEFINING:
            if file in trees and one.name not in defined(trees[file]):
                message = f"Expected {one.name}, which challenge.toml asks solutions to define, received no such name."
                yield error(file, f"{message} Define it here, or take it out of the contract.")
        if STATEMENT in texts and not re.search(rf"(?<!\w){re.escape(one.name)}(?!\w)", texts[STATEMENT]):
            message = f"Expected a word about {one.name} in the statement, received none. Candidates can't know of it."
            yield error(FILE, message, *description.places.of(("contract", index, "name")))
    if STATEMENT in texts:
        yield from _statement(texts[STATEMENT])


def _statement(text: str) -> Iterator[Problem]:
    if not text.strip():
        yield error(STATEMENT, "Expected what the candidate reads, received an empty file.")
    elif not _EXAMPLE.search(text):
        message = "Expected an example, in a block of code, received none. Show one call and what it gives."
        yield warning(STATEMENT, message, len(text.splitlines()))
