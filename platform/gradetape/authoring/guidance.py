"""Help beside the editor: what probes, checks and replays are written with.

It is read out of the sources of those modules, which no web process imports: they need NumPy and TensorFlow.
"""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

from grader.package import REPOSITORY
from gradetape.catalog.statements import render

ENGINE = REPOSITORY / "grader"
Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Name:
    """A name that authors use: how it is called, and what it does."""

    name: str
    signature: str
    about: SafeString


@dataclass(frozen=True)
class Chapter:
    """A module: what to import its names from, what it is for, and the names."""

    module: str
    title: str
    about: SafeString
    names: tuple[Name, ...]


# The file that each chapter helps with, and where its names are defined.
CHAPTERS = (
    ("grader.probing", "Probes", ("probing.py",)),
    ("grader.checking", "Checks", ("checking.py",)),
    ("grader.replaying", "Replays", ("replaying.py",)),
    ("grader.evidence", "Evidence", ("evidence/__init__.py",)),
)
FIRST = {"checks.py": "grader.checking", "replays.py": "grader.replaying"}
_INTERNAL = {"Registry"}


@cache
def chapters() -> tuple[Chapter, ...]:
    """All of it."""
    return tuple(_chapter(module, title, ENGINE / places[0]) for module, title, places in CHAPTERS)


def _chapter(module: str, title: str, path: Path) -> Chapter:
    tree = _tree(path)
    found = [node for node in tree.body if isinstance(node, Definition)]
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{module}."):
            found += _imported(node)
    names = tuple(_name(node) for node in found if not node.name.startswith("_") and node.name not in _INTERNAL)
    return Chapter(module, title, _html(ast.get_docstring(tree)), names)


def _imported(node: ast.ImportFrom) -> list[Definition]:
    """The definitions behind `from grader.evidence.costs import cpu_ratio`."""
    tree = _tree(REPOSITORY / f"{(node.module or '').replace('.', '/')}.py")
    wanted = {alias.name for alias in node.names}
    return [one for one in tree.body if isinstance(one, Definition) and one.name in wanted]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _name(node: Definition) -> Name:
    return Name(node.name, f"{node.name}{_signature(node)}", _html(ast.get_docstring(node)))


def _signature(node: Definition) -> str:
    """The arguments with their defaults, of a class the fields that its constructor takes; types are left out."""
    if isinstance(node, ast.ClassDef):
        fields = [
            one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        ]
        constructor = next(
            (one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"), None
        )
        return f"({', '.join(fields)})" if constructor is None else _arguments(constructor.args, skip=1)
    return _arguments(node.args)


def _arguments(args: ast.arguments, skip: int = 0) -> str:
    plain = ast.parse(f"def f({ast.unparse(args)}): pass").body[0]
    assert isinstance(plain, ast.FunctionDef)
    for one in [*plain.args.posonlyargs, *plain.args.args, *plain.args.kwonlyargs, plain.args.vararg, plain.args.kwarg]:
        if one is not None:
            one.annotation = None
    plain.args.args = plain.args.args[skip:]
    return f"({ast.unparse(plain.args)})"


def _html(docstring: str | None) -> SafeString:
    # render() cleans what it returns.
    return mark_safe(render(docstring or "", with_title=True))  # noqa: S308
