"""Probes, checks and replays against the cases: what is missing, what nothing uses, and what gives secrets away.

probes.py goes into the candidate's jail, where their code can read it. So it must not hold what only the judge knows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from grader.linting.description import FILE, Description
from grader.linting.problem import Problem, error, warning
from grader.linting.python import Function, documentation, imported, registered, registers_otherwise

Trees = Mapping[str, ast.Module]
PROBES, CHECKS, REPLAYS = "probes.py", "checks.py", "replays.py"
JUDGES_MODULES = ("grader.checking", "grader.replaying", "reference", "checks", "replays")
JUDGES_FILES = ("data/secret", "reference.py", CHECKS, REPLAYS, "explanation.md")
JUDGES_WORDS = {"want", "secret"}
_INTO_THE_JAIL = "probes.py goes into the candidate's jail"


def problems(description: Description, trees: Trees) -> Iterator[Problem]:
    """What the three files and the cases say of each other. A file without a tree is left out."""
    if PROBES in trees:
        yield from _names(description, trees, PROBES, "probe")
        yield from _leaks(trees[PROBES])
        yield from _secret_parameters(trees)
    if CHECKS in trees:
        yield from _names(description, trees, CHECKS, "check")
    if REPLAYS in trees:
        yield from _names(description, trees, REPLAYS, "replay")


def _names(description: Description, trees: Trees, file: str, decorator: str) -> Iterator[Problem]:
    """Each name once, each known, and none that a case waits for missing."""
    found = registered(trees[file], decorator)
    yield from _once(file, decorator, [(one.name, one.line) for one in found])
    if description.manifest is None:
        return
    cases = description.manifest.cases
    needed = {
        "probe": {case.probe_name: index for index, case in reversed(list(enumerate(cases)))},
        "check": {},
        "replay": {case.probe_name: index for index, case in enumerate(cases) if case.replay},
    }[decorator]
    known = {case.id for case in cases} if decorator == "check" else set(needed)
    for one in found:
        if one.name is not None and one.name not in known:
            yield _unknown(file, decorator, one.name, one.line, known)
    if registers_otherwise(trees[file], decorator):
        return
    for name, index in needed.items():
        if name not in {one.name for one in found}:
            message = (
                f'Case {cases[index].id}: expected a function under @{decorator}("{name}") in {file}, received none. '
                f"Write it, or name another one with `probe`."
            )
            yield error(FILE, message, *description.places.of(("cases", index, "id")))


def _unknown(file: str, decorator: str, name: str, line: int, known: set[str]) -> Problem:
    what = "the id of a case" if decorator == "check" else "a name that a case refers to"
    message = f"@{decorator}: expected {what} out of {', '.join(sorted(known)) or 'none'}, received {name!r}."
    if decorator == "probe":
        return warning(file, f"{message} Nothing runs this probe: add a case for it, or remove it.", line)
    return error(file, f"{message} It would never run: name a case, or remove it.", line)


def _once(file: str, decorator: str, names: list[tuple[str | None, int]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for name, line in names:
        if name is not None and name in seen:
            yield error(file, f"Expected one @{decorator} for each name, received a second {name!r}. Rename one.", line)
        seen.add(name or "")


def _leaks(tree: ast.Module) -> Iterator[Problem]:
    """What only the judge may know, in the file that the candidate's code can read."""
    told: set[int] = set()
    for module, statement in imported(tree):
        if module.startswith(tuple(f"{one}." for one in JUDGES_MODULES)) or module in JUDGES_MODULES:
            if statement.lineno not in told:
                message = f"Expected no import of {module} here: {_INTO_THE_JAIL}. Move what needs it to checks.py."
                yield error(PROBES, message, statement.lineno, statement.col_offset + 1)
            told.add(statement.lineno)
    spoken = documentation(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
            for name in (name for name in JUDGES_FILES if name in node.value):
                message = (
                    f"Expected nothing of {name} here, received {node.value[:60]!r}: {_INTO_THE_JAIL}, and "
                    "that file does not. Read it in checks.py, under @prepare, and hand over what probes may see."
                )
                yield error(PROBES, message, node.lineno, node.col_offset + 1)
        elif isinstance(node, ast.Name) and node.id in JUDGES_WORDS and isinstance(node.ctx, ast.Load):
            message = (
                f"Expected no wanted values here, received the name {node.id}: {_INTO_THE_JAIL}. Return what was "
                "seen and compare it in checks.py."
            )
            yield warning(PROBES, message, node.lineno, node.col_offset + 1)


def _secret_parameters(trees: Trees) -> Iterator[Problem]:
    """Probes that ask for data which `Prepared` keeps for the checks."""
    handed, kept = _prepared(trees[CHECKS]) if CHECKS in trees else (set(), set())
    for one in [*registered(trees[PROBES], "probe"), *registered(trees[PROBES], "shared")]:
        for argument in _parameters(one.function)[2:]:
            if argument.arg in JUDGES_WORDS | (kept - handed):
                message = (
                    f"Expected a set-up or data out of Prepared(solve=…), received {argument.arg}, which checks alone "
                    "get. Probes run where the candidate's code can look."
                )
                yield error(PROBES, message, argument.lineno, argument.col_offset + 1)


def _parameters(function: Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _prepared(tree: ast.Module) -> tuple[set[str], set[str]]:
    """The names of the data that go to probes, and of those that stay secret, as far as reading tells."""
    names: dict[str, set[str]] = {"solve": set(), "replay": set(), "secret": set()}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Prepared":
            for keyword in node.keywords:
                if keyword.arg in names and isinstance(keyword.value, ast.Dict):
                    keys = (key.value for key in keyword.value.keys if isinstance(key, ast.Constant))
                    names[keyword.arg] |= {key for key in keys if isinstance(key, str)}
    return names["solve"], names["secret"]
