"""The Python files of a package as trees: what is no Python, and which names a file defines and registers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from grader.linting.problem import Problem, error
from grader.source import refuse

Function = ast.FunctionDef | ast.AsyncFunctionDef
_DEEP = "Expected Python that can be read, received expressions nested too deeply. Write them in several steps."


def parsed(file: str, content: bytes) -> ast.Module | Problem:
    """The file's tree, or why it has none."""
    if refusal := refuse(content):
        return error(file, refusal.message, refusal.line or 1)
    try:
        return ast.parse(content.decode("utf-8-sig"))
    except SyntaxError as trouble:
        return error(
            file, f"Expected Python, received something else: {trouble.msg}.", trouble.lineno or 1, trouble.offset or 1
        )
    except (ValueError, RecursionError, MemoryError):
        return error(file, _DEEP)


class Registered(NamedTuple):
    """A function that a decorator registers: `@probe("forward")`. `name` is None where it is no plain text."""

    name: str | None
    function: Function
    line: int


def registered(tree: ast.Module, decorator: str) -> list[Registered]:
    """The functions under `@decorator("name")`, or under a plain `@decorator`, which go by their own names."""
    found = []
    for function in (node for node in ast.walk(tree) if isinstance(node, Function)):
        for one in function.decorator_list:
            if _called(one.func if isinstance(one, ast.Call) else one) != decorator:
                continue
            name = _text(one.args[0] if one.args else None) if isinstance(one, ast.Call) else function.name
            found.append(Registered(name, function, one.lineno))
    return found


def registers_otherwise(tree: ast.Module, decorator: str) -> bool:
    """Whether `decorator` is called elsewhere than above a function, with names that reading can't tell."""
    above = {id(one) for node in ast.walk(tree) if isinstance(node, Function) for one in node.decorator_list}
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) not in above)
    return any(_called(call.func) == decorator for call in calls) or any(
        one.name is None for one in registered(tree, decorator)
    )


def defined(tree: ast.Module) -> set[str]:
    """The names that a file has at its top level, also within `if` and `try` there."""
    names: set[str] = set()
    for node in _top(tree.body):
        if isinstance(node, Function | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        else:
            names |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return names


def imported(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """The modules that a file imports, wherever in it, by their dotted names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node
            for alias in node.names:
                yield f"{node.module or ''}.{alias.name}", node


def documentation(tree: ast.Module) -> set[int]:
    """The ids of the nodes that are docstrings, or stand alone as comments do."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.With):
            yield from _top(node.body)
            yield from _top(getattr(node, "orelse", []))
            for handler in getattr(node, "handlers", []):
                yield from _top(handler.body)
        else:
            yield node


def _called(node: ast.expr) -> str:
    """`probe` of both `probe` and `probing.probe`."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
