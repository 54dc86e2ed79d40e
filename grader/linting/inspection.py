"""All that is wrong with the files of a package."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from grader.linting import contract, description, probes, samples
from grader.linting.description import Description
from grader.linting.problem import Problem, Severity, error
from grader.linting.python import parsed
from grader.package import MAX_FILE, REQUIRED

_MARKDOWN = ("statement.md", "review.md", "explanation.md")


def problems_of(files: Mapping[str, bytes]) -> list[Problem]:
    """The problems of a package's files (see grader.package), by file and line. No code of theirs is run."""
    found = [_missing(name) for name in REQUIRED if name not in files]
    texts = dict(_texts(files, found))
    trees: dict[str, ast.Module] = {}
    for name, content in files.items():
        if len(content) > MAX_FILE:
            found.append(error(name, f"Expected at most {MAX_FILE} bytes, received {len(content)}."))
        elif name.endswith(".py") and not name.startswith("data/"):
            tree = parsed(name, content)
            if isinstance(tree, ast.Module):
                trees[name] = tree
            else:
                found.append(tree)
    about = Description(texts[description.FILE]) if description.FILE in texts else None
    if about:
        found += [*about.problems, *_replays(about, files)]
        found += [*probes.problems(about, trees), *samples.problems(about, files)]
        found += contract.problems(about, texts, trees)
    return sorted(set(found))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether one of them has to change before the package is sound."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def _missing(name: str) -> Problem:
    return error(name, f"Expected the file {name}, received none. Every challenge has one.")


def _texts(files: Mapping[str, bytes], found: list[Problem]) -> Iterable[tuple[str, str]]:
    """The texts of the package; one that is no UTF-8 is added to `found`."""
    for name in (description.FILE, *_MARKDOWN):
        if name in files:
            try:
                yield name, files[name].decode("utf-8")
            except UnicodeDecodeError as trouble:
                line = files[name].count(b"\n", 0, trouble.start) + 1
                byte = files[name][trouble.start]
                found.append(error(name, f"Expected UTF-8, received the byte 0x{byte:02x}. Save it as UTF-8.", line))


def _replays(about: Description, files: Mapping[str, bytes]) -> Iterable[Problem]:
    """replays.py and cases with replay = true come together."""
    replayed = [index for index, case in enumerate(about.manifest.cases) if case.replay] if about.manifest else []
    if replayed and probes.REPLAYS not in files:
        message = "Expected the file replays.py, since this case says replay = true, received none."
        yield error(description.FILE, message, *about.places.of(("cases", replayed[0], "replay")))
    if about.manifest and not replayed and probes.REPLAYS in files:
        message = (
            "Expected a case with replay = true, since there is replays.py, received none. Add one or delete the file."
        )
        yield error(probes.REPLAYS, message)
