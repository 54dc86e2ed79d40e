"""Mistakes in what is done at all: a statement, a decorator or an entry that is missing, an error that never comes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.mutants.mistake import Mistake, replacing
from grader.mutants.places import Place, speaks
from grader.mutants.script import Patch, Script

# Without these nothing works at all, which no case needs to find out.
_NEEDED = {
    "property",
    "staticmethod",
    "classmethod",
    "abstractmethod",
    "dataclass",
    "contextmanager",
    "setter",
    "wraps",
}


def steps(script: Script, place: Place, imports: frozenset[str]) -> Iterator[Mistake]:
    """What can be forgotten as a whole."""
    node = place.node
    if isinstance(node, ast.Raise):
        yield replacing("step", script, node, "pass", "the error is not raised")
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not _is_super(node.value):
        if not speaks(node.value.func):
            yield replacing("step", script, node, "pass", f"{script.shown(node.value)} is left out")
    elif isinstance(node, ast.AugAssign):
        yield replacing("step", script, node, "pass", f"{script.shown(node)} is left out")
    elif isinstance(node, ast.Dict):
        yield from _entries(script, node)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from _undecorated(script, node)


def _is_super(call: ast.Call) -> bool:
    """super().__init__(…) and super().build(…): without it nothing works."""
    value = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") == "super"


def _entries(script: Script, node: ast.Dict) -> Iterator[Mistake]:
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            continue
        before, end = script.before(script.span(key)[0]), script.span(value)[1]
        while (token := script.after(end)) is not None and token.text == ")":
            end = token.end
        if before is not None and before.text in {"{", ","}:
            words = f"the entry {script.shown(key)} is left out"
            yield Mistake("step", key, words, (script.without(script.span(key)[0], end),))


def _undecorated(script: Script, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[Mistake]:
    for decorator in node.decorator_list:
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        start, end = script.span(decorator)
        sign, following = script.before(start), script.after(end, comments=True)
        if name in _NEEDED or sign is None or sign.text != "@" or following is None:
            continue
        words = f"@{script.shown(function)} is left out"
        yield Mistake("decorator", decorator, words, (Patch(sign.start, following.start, ""),))
