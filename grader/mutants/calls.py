"""Mistakes in calls: another function, arguments that are left out or change places, a call that is forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.mutants.mistake import Mistake, replacing, swapping
from grader.mutants.numbers import SAYING
from grader.mutants.places import Place
from grader.mutants.script import Patch, Script

_PAIRS = (
    ("reduce_sum", "reduce_mean"), ("reduce_max", "reduce_min"), ("reduce_any", "reduce_all"),
    ("reduce_std", "reduce_variance"), ("argmax", "argmin"), ("sum", "mean"), ("max", "min"), ("any", "all"),
    ("std", "var"), ("segment_sum", "segment_mean"), ("unsorted_segment_sum", "unsorted_segment_mean"),
    ("maximum", "minimum"), ("amax", "amin"),
)  # fmt: skip
_REDUCTIONS = {**dict(_PAIRS), **{b: a for a, b in _PAIRS}, "reduce_prod": "reduce_sum", "prod": "sum",
               "median": "mean", "cumsum": "cumprod"}  # fmt: skip
_ALIKE = (
    ("softmax", "sigmoid"), ("zeros_like", "ones_like"), ("zeros", "ones"), ("floor", "ceil"), ("log", "log1p"),
    ("exp", "expm1"), ("square", "abs"), ("sin", "cos"), ("add", "subtract"), ("multiply", "divide"),
    ("greater", "greater_equal"), ("less", "less_equal"), ("equal", "not_equal"), ("logical_and", "logical_or"),
    ("normal", "uniform"), ("GlobalAveragePooling1D", "GlobalMaxPooling1D"),
    ("GlobalAveragePooling2D", "GlobalMaxPooling2D"), ("AveragePooling2D", "MaxPooling2D"),
    ("MeanSquaredError", "MeanAbsoluteError"), ("LayerNormalization", "BatchNormalization"),
)  # fmt: skip
_FUNCTIONS = {**dict(_ALIKE), **{b: a for a, b in _ALIKE}, "log_softmax": "softmax", "relu": "tanh", "tanh": "relu",
              "sqrt": "square", "round": "floor"}  # fmt: skip
_METHODS = {"assign_add": "assign_sub", "assign_sub": "assign_add"}
# Forgetting these leaves their first argument, which is of the same kind.
_AROUND = {
    "stop_gradient", "cast", "clip_by_value", "clip_by_norm", "abs", "sqrt", "square", "log", "exp", "relu", "softmax",
    "log_softmax", "sigmoid", "tanh", "maximum", "minimum", "reverse", "l2_normalize", "nan_to_num", "round",
    "reduce_mean", "flip", "sorted", "reversed",
}  # fmt: skip
# Forgetting these leaves what they are called on.
_CHAINED = {"shuffle", "repeat", "batch", "padded_batch", "filter", "ravel", "flatten", "astype", "transpose", "copy"}
_BUILTINS = {"max", "min", "any", "all"}
# The same whichever side comes first.
_EITHER_WAY = {
    "maximum", "minimum", "add", "multiply", "equal", "not_equal", "logical_and", "logical_or", "logical_xor", "max",
    "min",
}  # fmt: skip
_NOT_SWAPPED = {"isinstance", "issubclass", "getattr", "hasattr", "setattr", "super", "zip", "print"}


def calls(script: Script, place: Place, imports: frozenset[str]) -> Iterator[Mistake]:
    """What can go wrong in a call, and where a function is named."""
    node = place.node
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        yield from _renamed(script, node, imports)
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in _BUILTINS:
            yield _other(script, node.func, _REDUCTIONS[node.func.id], "reduction")
        yield from _forgotten(script, node, imports)
        yield from _left_out(script, node)
        yield from _changed_places(script, node)


def root_of(node: ast.AST) -> str:
    """The first name of a dotted path; empty where there is none."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _renamed(script: Script, node: ast.Attribute, imports: frozenset[str]) -> Iterator[Mistake]:
    if root_of(node) not in imports:
        if node.attr in _METHODS:
            yield _other(script, node, _METHODS[node.attr], "function")
        return
    for kind, known in (("reduction", _REDUCTIONS), ("function", _FUNCTIONS)):
        if node.attr in known:
            yield _other(script, node, known[node.attr], kind)


def _other(script: Script, node: ast.Attribute | ast.Name, name: str, kind: str) -> Mistake:
    """Another function in this one's place."""
    own = node.attr if isinstance(node, ast.Attribute) else node.id
    end = script.span(node)[1]
    return Mistake(kind, node, f"{own} becomes {name}", (Patch(end - len(own), end, name),))


def _forgotten(script: Script, node: ast.Call, imports: frozenset[str]) -> Iterator[Mistake]:
    """The call is left out, and what it is made on is taken as it is."""
    if isinstance(node.func, ast.Attribute) and node.func.attr in _CHAINED and root_of(node.func) not in imports:
        words = f".{node.func.attr}(…) is left out"
        yield replacing("forgotten", script, node, script.operand(node.func.value), words)
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    is_theirs = isinstance(node.func, ast.Name) or root_of(node.func) in imports
    if not is_theirs or not node.args or isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        return
    if name in _AROUND:
        words = f"{name} is left out around {script.shown(node.args[0])}"
        yield replacing("forgotten", script, node, script.operand(node.args[0]), words)
    elif name == "divide_no_nan" and len(node.args) > 1:
        text = f"({script.operand(node.args[0])} / {script.operand(node.args[1])})"
        yield replacing("forgotten", script, node, text, "divide_no_nan becomes a plain division")


def _left_out(script: Script, node: ast.Call) -> Iterator[Mistake]:
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg not in SAYING:
            words = f"the argument {script.shown(keyword)} is left out"
            yield Mistake("argument", keyword, words, (script.without(*script.span(keyword)),))


def _changed_places(script: Script, node: ast.Call) -> Iterator[Mistake]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if len(node.args) < 2 or name in _NOT_SWAPPED | _EITHER_WAY:
        return
    one, other = node.args[:2]
    if isinstance(one, ast.Starred) or isinstance(other, ast.Starred) or script.text(one) == script.text(other):
        return
    words = f"{script.shown(one)} and {script.shown(other)} change places in {script.shown(node.func)}"
    yield swapping("swapped", script, one, other, words)
