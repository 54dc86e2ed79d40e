"""Mistakes in numbers and switches: another value, another axis, one too many, True for False."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from grader.mutants.mistake import Mistake, replacing
from grader.mutants.places import Place
from grader.mutants.script import Script

# Arguments that change what is said, not what is computed.
SAYING = {"name", "strict", "package", "verbose", "stacklevel", "description", "help"}
AXES = {"axis", "axes", "dim", "batch_dims", "perm"}
# Their second argument is an axis.
_BY_AXIS = {
    "reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod", "reduce_any", "reduce_all", "reduce_std",
    "reduce_variance", "argmax", "argmin", "concat", "concatenate", "stack", "unstack", "expand_dims", "squeeze",
    "softmax", "log_softmax", "cumsum", "sum", "mean", "max", "min", "prod", "argsort", "sort", "l2_normalize",
}  # fmt: skip
# Of a matrix, axis 1 is the last one: the one would say nothing of the other.
_OTHERS = {-1: (0, -2), 0: (-1, 1), 1: (0, 2), -2: (-1, 0)}
# What calls a model may be told so by position or by name.
_MODE = "training"
_TINY = 1e-2


def numbers(script: Script, place: Place, imports: frozenset[str]) -> Iterator[Mistake]:
    """What can go wrong in a constant, and where a constant is expected."""
    node, parent = place.node, place.parent
    if isinstance(node, ast.keyword):
        yield from _keyword(script, node)
    elif isinstance(node, ast.Call):
        yield from _positional_axis(script, node)
        yield from _ranges(script, node)
    elif isinstance(node, ast.Slice):
        yield from _slices(script, node)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        if not isinstance(parent, ast.keyword) or parent.arg not in {_MODE, *SAYING}:
            yield replacing("switch", script, node, str(not node.value), f"{node.value} becomes {not node.value}")
    elif isinstance(node, ast.expr) and not _is_elsewhere(node, parent):
        yield from _values(script, node)


def number_of(node: ast.AST) -> int | float | None:
    """The number that is written here, with its sign; None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = number_of(node.operand)
        return None if value is None or isinstance(node.operand, ast.UnaryOp) else -value
    is_number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    return node.value if is_number else None  # type: ignore[attr-defined]  # just looked at


def _is_elsewhere(node: ast.expr, parent: ast.AST) -> bool:
    """Whether another rule has this number: one behind a minus, an axis, a bound of a slice."""
    if isinstance(parent, ast.UnaryOp | ast.Slice) or (isinstance(parent, ast.Call) and node is _axis_of(parent)):
        return True
    return isinstance(parent, ast.keyword) and parent.arg in AXES and number_of(node) is not None


def _values(script: Script, node: ast.expr) -> Iterator[Mistake]:
    value = number_of(node)
    if value is None:
        return
    for other in _wrong(value):
        yield replacing("constant", script, node, repr(other), f"{script.text(node)} becomes {other!r}")


def _wrong(value: float) -> list[int | float]:
    """Values that somebody could have written instead."""
    if isinstance(value, int):
        return [value + 1] if abs(value) < 2 else [value + 1, value - 1]
    if value == 0:
        return [1.0]
    others = [value * 1000, 0.0] if abs(value) < _TINY else [value * 2]
    return [float(f"{other:.6g}") for other in others if math.isfinite(other)]


def _keyword(script: Script, node: ast.keyword) -> Iterator[Mistake]:
    if node.arg in AXES:
        yield from _axis(script, node.value)
    elif node.arg == _MODE:
        for other in ("True", "False"):
            if script.text(node.value) != other:
                words = f"training={script.shown(node.value)} becomes training={other}"
                yield replacing("training", script, node.value, other, words)


def _positional_axis(script: Script, node: ast.Call) -> Iterator[Mistake]:
    axis = _axis_of(node)
    if axis is not None:
        yield from _axis(script, axis)


def _axis_of(node: ast.Call) -> ast.expr | None:
    """The axis that a call is given by position, where it is a number or several."""
    if getattr(node.func, "attr", "") not in _BY_AXIS or len(node.args) < 2:
        return None
    is_fixed = number_of(node.args[1]) is not None or isinstance(node.args[1], ast.Tuple | ast.List)
    return node.args[1] if is_fixed else None


def _axis(script: Script, node: ast.expr) -> Iterator[Mistake]:
    """Another axis; of several, each left out once."""
    value = number_of(node)
    if isinstance(value, int):
        for other in _OTHERS.get(value, (value - 1, -1)):
            yield replacing("axis", script, node, str(other), f"axis {value} becomes {other}")
    elif isinstance(node, ast.Tuple | ast.List) and len(node.elts) > 1:
        for left_out in node.elts:
            kept = [script.text(one) for one in node.elts if one is not left_out]
            inside = f"{', '.join(kept)}{',' if len(kept) == 1 else ''}"
            text = f"({inside})" if isinstance(node, ast.Tuple) else f"[{inside}]"
            yield replacing("axis", script, node, text, f"axis {script.shown(left_out)} is left out")


def _slices(script: Script, node: ast.Slice) -> Iterator[Mistake]:
    for bound in (node.lower, node.upper):
        value = None if bound is None else number_of(bound)
        if bound is not None and isinstance(value, int):
            yield from _by_one(script, bound, f"in [{script.shown(node)}]")
        elif bound is not None:
            text = f"{script.operand(bound)} - 1"
            yield replacing("off_by_one", script, bound, text, f"{script.shown(bound)} becomes one less")


def _ranges(script: Script, node: ast.Call) -> Iterator[Mistake]:
    if getattr(node.func, "id", getattr(node.func, "attr", "")) == "range" and node.args:
        last = node.args[min(1, len(node.args) - 1)]
        if not isinstance(last, ast.Starred):
            text = f"{script.operand(last)} - 1"
            yield replacing("off_by_one", script, last, text, f"{script.shown(node)} ends one earlier")


def _by_one(script: Script, node: ast.expr, where: str) -> Iterator[Mistake]:
    value = number_of(node)
    assert value is not None
    for other in (value + 1, value - 1):
        yield replacing("off_by_one", script, node, str(other), f"{value} becomes {other} {where}")
