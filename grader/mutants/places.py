"""Where in a module a mistake may be put: in what it computes, not in what it says, is typed as, or imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_SPEAKING = {"print", "warn", "debug", "info", "warning", "error", "exception", "critical", "log"}
_SPEAKERS = {"warnings", "logging", "log", "logger", "_log"}
_TYPING = {"TypeVar", "NewType", "ParamSpec", "NamedTuple", "TypedDict"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Place:
    """A node with what is around it: its parent, and the names of the classes and functions that it is in."""

    node: ast.AST
    parent: ast.AST
    scope: str


def places(tree: ast.Module) -> Iterator[Place]:
    """Every place, from the top down. A `raise` comes without what it raises, a decorated thing with its decorators."""
    yield from _below(tree, "")


def imported(tree: ast.Module) -> frozenset[str]:
    """The names that imports define, wherever they stand."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return frozenset(names)


def is_docstring(node: ast.AST) -> bool:
    """Whether a statement is nothing but a constant: a docstring, or `...`."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _below(parent: ast.AST, scope: str) -> Iterator[Place]:
    for node in ast.iter_child_nodes(parent):
        if _is_silent(node, parent):
            continue
        yield Place(node, parent, scope)
        if isinstance(node, ast.Raise):
            continue
        inner = f"{scope}.{node.name}".lstrip(".") if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) else scope
        yield from _below(node, inner)


def _is_silent(node: ast.AST, parent: ast.AST) -> bool:
    """Whether nothing in a node decides what is computed."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr | ast.Assert | ast.expr_context):
        return True
    if is_docstring(node) or _is_annotation(node, parent) or _is_decorator(node, parent):
        return True
    if isinstance(node, ast.Assign) and not isinstance(parent, _FUNCTIONS):
        return _is_naming(node, parent)
    if isinstance(node, ast.If):
        return any(isinstance(one, ast.Name) and one.id in {"TYPE_CHECKING", "__name__"} for one in ast.walk(node.test))
    return isinstance(node, ast.Call) and speaks(node.func)


def _is_annotation(node: ast.AST, parent: ast.AST) -> bool:
    return node is getattr(parent, "annotation", None) or node is getattr(parent, "returns", None)


def _is_decorator(node: ast.AST, parent: ast.AST) -> bool:
    return node in getattr(parent, "decorator_list", ())


def _is_naming(node: ast.Assign, parent: ast.AST) -> bool:
    """`__all__ = …` and its like, and names of types, which begin with a capital and go on in small letters."""
    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    if any(name.startswith("__") for name in names):
        return True
    value = node.value.func if isinstance(node.value, ast.Call) else node.value
    if isinstance(value, ast.Name):
        return value.id in _TYPING
    is_type = isinstance(value, ast.Subscript) or (isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr))
    is_named_so = bool(names) and all(name[0].isupper() and (len(name) == 1 or not name.isupper()) for name in names)
    return is_type and is_named_so and isinstance(parent, ast.Module)


def speaks(function: ast.expr) -> bool:
    """Whether a function only says something: prints, warns, logs."""
    if isinstance(function, ast.Name):
        return function.id == "print"
    if not isinstance(function, ast.Attribute) or function.attr not in _SPEAKING:
        return False
    base = function.value
    return isinstance(base, ast.Name) and base.id in _SPEAKERS
