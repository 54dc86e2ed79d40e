"""One mistake that could be made in one place of a source."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.mutants.places import Place
from grader.mutants.script import Patch, Script


@dataclass(frozen=True)
class Mistake:
    """What is changed, and in words what somebody would have done wrong. `kind` is one word for its like."""

    kind: str
    node: ast.AST
    words: str
    patches: tuple[Patch, ...]


# What looks for mistakes in a place; the last argument are the names that the module imports.
Finder = Callable[[Script, Place, frozenset[str]], Iterator[Mistake]]


def replacing(kind: str, script: Script, node: ast.AST, text: str, words: str) -> Mistake:
    """The mistake of writing `text` instead of a node."""
    return Mistake(kind, node, words, (script.replaced(node, text),))


def swapping(kind: str, script: Script, one: ast.expr, other: ast.expr, words: str) -> Mistake:
    """The mistake of writing two nodes in each other's place."""
    patches = (script.replaced(one, script.operand(other)), script.replaced(other, script.operand(one)))
    return Mistake(kind, one, words, patches)
