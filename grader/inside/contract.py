"""The candidate's names, held against the contract.

Probes touch the solution through `Solution`, which hands out a name of the candidate's file or says clearly what was
expected there and what was received. A missing name costs the cases that need it, not the others.
"""

from __future__ import annotations

import ast
import inspect
from types import ModuleType
from typing import Any

from grader.plain import describe


class ContractBroken(Exception):
    """A name is missing or has another shape than the contract says. `line` is where it is defined, if it is."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class Solution:
    """The candidate's module as probes see it."""

    def __init__(self, module: ModuleType, contract: list[tuple[str, str, str]], source: bytes) -> None:
        self._module, self._source = module, source
        self._contract = {name: (kind, signature) for name, kind, signature in contract}
        self._kept: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._kept:
            self._kept[name] = self._checked(name)
        return self._kept[name]

    def broken(self) -> ContractBroken | None:
        """What is wrong with the first name, when not a single one of the contract can be used."""
        found: list[ContractBroken] = []
        for name in self._contract:
            try:
                getattr(self, name)
            except ContractBroken as error:
                found.append(error)
        return found[0] if found and len(found) == len(self._contract) else None

    def expected(self, name: str) -> str:
        """How the contract writes a name."""
        kind, signature = self._contract.get(name, ("object", ""))
        return f"{kind} {name}{signature}" if kind != "object" else name

    def _line(self, name: str) -> int | None:
        return _lines(self._source).get(name)

    def _checked(self, name: str) -> Any:
        if not hasattr(self._module, name):
            raise ContractBroken(f"Expected your file to define {self.expected(name)}; received no such name.")
        value = getattr(self._module, name)
        kind, signature = self._contract.get(name, ("object", ""))
        fits = {
            "class": isinstance(value, type),
            "function": callable(value) and not isinstance(value, type),
            "object": True,
        }[kind]
        if not fits:
            raise ContractBroken(f"Expected {self.expected(name)}; received {describe(value)}.", self._line(name))
        if signature and not _takes(value, signature):
            received = f"{name}{_signature_text(value)}"
            raise ContractBroken(f"Expected {self.expected(name)}; received {received}.", self._line(name))
        return value


def _takes(value: Any, signature: str) -> bool:
    """Whether `value` can be called with the arguments that the contract requires."""
    try:
        signature_of = inspect.signature(value)
    except (ValueError, TypeError):
        return True  # built without a readable signature: the call itself will tell
    count, names = _required(signature)
    try:
        signature_of.bind(*[None] * count, **dict.fromkeys(names))
    except TypeError:
        return False
    return True


def _required(signature: str) -> tuple[int, list[str]]:
    """How many arguments without a default the contract's signature has, and the names of those by keyword only:

    "(units, activation=None, *, axis, **kwargs)" has one, and axis.
    """
    depth, count, current = 0, 0, ""
    names: list[str] = []
    keyword_only = False
    for letter in signature.strip()[1:-1] + ",":
        depth += letter in "([{"
        depth -= letter in ")]}"
        if letter != "," or depth:
            current += letter
            continue
        word, current = current.strip(), ""
        if word.startswith("*"):
            keyword_only = True
        elif word and "=" not in word and word != "/":
            names += [word] * keyword_only
            count += not keyword_only
    return count, names


def _signature_text(value: Any) -> str:
    try:
        return str(inspect.signature(value))[:200]
    except (ValueError, TypeError):
        return "(?)"


def _lines(source: bytes) -> dict[str, int]:
    """The line of each name that is bound at the top level of a file."""
    found: dict[str, int] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = node.lineno
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id: node.lineno for target in targets if isinstance(target, ast.Name)}
    return found
