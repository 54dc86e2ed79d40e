"""Mistakes in formulas and conditions: another operator, a sign, a term that is missing, sides that change places."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.mutants.mistake import Mistake, replacing, swapping
from grader.mutants.places import Place
from grader.mutants.script import Patch, Script, Token

_ARITHMETIC: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Add: ("-",), ast.Sub: ("+",), ast.Mult: ("/",), ast.Div: ("*",), ast.FloorDiv: ("/",), ast.Mod: ("//",),
    ast.Pow: ("*",), ast.BitAnd: ("|",), ast.BitOr: ("&",),
}  # fmt: skip
_COMPARISONS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Lt: ("<=", ">"), ast.LtE: ("<", ">="), ast.Gt: (">=", "<"), ast.GtE: (">", "<="), ast.Eq: ("!=",),
    ast.NotEq: ("==",), ast.Is: ("is not",), ast.IsNot: ("is",), ast.In: ("not in",), ast.NotIn: ("in",),
}  # fmt: skip
_ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.MatMult, ast.Pow)
_TERMS = (ast.Add, ast.Sub, ast.BitOr)
_FACTORS = (ast.Mult, ast.Div)


def formulas(script: Script, place: Place, imports: frozenset[str]) -> Iterator[Mistake]:
    """What can go wrong in an expression of operators."""
    node = place.node
    if isinstance(node, ast.BinOp) and not any(map(_is_text, (node.left, node.right))):
        yield from _operators(script, node)
        yield from _missing(script, node)
    elif isinstance(node, ast.AugAssign) and not _is_text(node.value):
        yield from _augmented(script, node)
    elif isinstance(node, ast.Compare):
        yield from _comparisons(script, node)
    elif isinstance(node, ast.BoolOp):
        yield from _joined(script, node)
    elif isinstance(node, ast.UnaryOp):
        yield from _prefixes(script, node)
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.BinOp):
        if isinstance(node.value.op, _TERMS[:2] + _FACTORS) and not _is_text(node.value.left):
            yield replacing(
                "sign", script, node.value, f"-({script.text(node.value)})", "the result has the other sign"
            )
    elif isinstance(node, ast.If | ast.IfExp):
        yield from _conditions(script, node)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _operators(script: Script, node: ast.BinOp) -> Iterator[Mistake]:
    token = _sign(script, node.left, node.right)
    for other in _ARITHMETIC.get(type(node.op), ()):
        words = f"{token.text} becomes {other} in {script.shown(node)}"
        yield Mistake("operator", node, words, (Patch(token.start, token.end, other),))
    if isinstance(node.op, _ORDERED) and script.text(node.left) != script.text(node.right):
        words = f"the sides of {token.text} change places in {script.shown(node)}"
        yield swapping("swapped", script, node.left, node.right, words)


def _missing(script: Script, node: ast.BinOp) -> Iterator[Mistake]:
    if not isinstance(node.op, _TERMS + _FACTORS):
        return
    what = "term" if isinstance(node.op, _TERMS) else "factor" if isinstance(node.op, ast.Mult) else "divisor"
    words = f"the {what} {script.shown(node.right)} is missing"
    yield replacing("missing", script, node, script.operand(node.left), words)
    if isinstance(node.op, ast.Add | ast.Mult):
        words = f"the {what} {script.shown(node.left)} is missing"
        yield replacing("missing", script, node, script.operand(node.right), words)


def _augmented(script: Script, node: ast.AugAssign) -> Iterator[Mistake]:
    token = _sign(script, node.target, node.value)
    wrong = [f"{other}=" for other in _ARITHMETIC.get(type(node.op), ())]
    for other in [*wrong, "="]:
        words = f"{token.text} becomes {other} in {script.shown(node)}"
        yield Mistake("operator", node, words, (Patch(token.start, token.end, other),))


def _comparisons(script: Script, node: ast.Compare) -> Iterator[Mistake]:
    sides = [node.left, *node.comparators]
    for index, operator in enumerate(node.ops):
        token = _sign(script, sides[index], sides[index + 1])
        for other in _COMPARISONS[type(operator)]:
            words = f"{token.text} becomes {other} in {script.shown(node)}"
            yield Mistake("comparison", node, words, (Patch(token.start, token.end, other),))


def _joined(script: Script, node: ast.BoolOp) -> Iterator[Mistake]:
    other = "or" if isinstance(node.op, ast.And) else "and"
    for left, right in zip(node.values, node.values[1:], strict=False):
        token = _sign(script, left, right)
        words = f"{token.text} becomes {other} in {script.shown(node)}"
        yield Mistake("condition", node, words, (Patch(token.start, token.end, other),))


def _prefixes(script: Script, node: ast.UnaryOp) -> Iterator[Mistake]:
    start, _ = script.span(node)
    token = script.after(start)
    following = script.after(start + 1) if token is None else script.after(token.end)
    if token is None or following is None or isinstance(node.op, ast.UAdd):
        return
    drop = (Patch(start, following.start, ""),)
    if isinstance(node.op, ast.Not):
        yield Mistake("condition", node, f"not is left out before {script.shown(node.operand)}", drop)
    elif isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield Mistake("sign", node, f"the minus before {script.shown(node.operand)} is left out", drop)


def _conditions(script: Script, node: ast.If | ast.IfExp) -> Iterator[Mistake]:
    if not isinstance(node.test, ast.Compare | ast.UnaryOp):  # those have mistakes of their own that do the same
        words = f"the condition {script.shown(node.test)} is turned round"
        yield replacing("condition", script, node.test, f"not {script.operand(node.test)}", words)
    if isinstance(node, ast.IfExp):
        for value in (node.body, node.orelse):
            words = f"always {script.shown(value)}, whatever {script.shown(node.test)} says"
            yield replacing("condition", script, node, script.operand(value), words)


def _sign(script: Script, left: ast.AST, right: ast.AST) -> Token:
    """The operator between two nodes; what is left of parentheses around them does not count."""
    tokens = [one for one in script.between(script.span(left)[1], script.span(right)[0]) if one.text not in {"(", ")"}]
    first, last = tokens[0], tokens[-1]
    return Token(" ".join(token.text for token in tokens), first.start, last.end, is_comment=False)
