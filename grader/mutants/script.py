"""A source that is changed by position, so that whatever is not meant to change stays as it was written."""

from __future__ import annotations

import ast
import bisect
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

_LAYOUT = {
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List, ast.Dict, ast.Set)
_SHOWN = 48


@dataclass(frozen=True)
class Patch:
    """Characters `start` to `end` become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Token:
    """A token with its place in characters."""

    text: str
    start: int
    end: int
    is_comment: bool


class Script:
    """A module's source with its tree and its tokens.

    Raises ValueError, with the line, for what is no Python or is nested too deeply.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        try:
            self.tree = ast.parse(source)
        except SyntaxError as error:
            raise ValueError(f"expected Python, received in line {error.lineno}: {error.msg}") from error
        except (RecursionError, MemoryError) as error:
            raise ValueError("expected a source that can be parsed, received one that is nested too deeply") from error
        self._starts = [0]
        for line in io.StringIO(source, newline=""):
            self._starts.append(self._starts[-1] + len(line))
        try:
            self.tokens = list(self._tokens())
        except tokenize.TokenError as error:
            raise ValueError(f"expected a source that can be read token by token, received another: {error}") from error
        self._begins = [token.start for token in self.tokens]

    def offset(self, line: int, column: int) -> int:
        """Characters before a place of the tree, whose columns count bytes of UTF-8."""
        start = self._starts[line - 1]
        text = self.source[start : self._starts[line]]
        return start + (column if text.isascii() else len(text.encode()[:column].decode()))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Where a node stands, without parentheses around it."""
        first = self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]  # nodes in patches have places
        return first, self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def text(self, node: ast.AST) -> str:
        """A node as it is written."""
        start, end = self.span(node)
        return self.source[start:end]

    def operand(self, node: ast.expr) -> str:
        """A node as it can stand anywhere: in parentheses, unless nothing can come between its parts."""
        return self.text(node) if isinstance(node, _ATOMS) else f"({self.text(node)})"

    def shown(self, node: ast.AST) -> str:
        """A node in a few words of one line."""
        text = " ".join(self.text(node).split())
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + "…"

    def replaced(self, node: ast.AST, text: str) -> Patch:
        """The patch that puts a text in a node's place."""
        return Patch(*self.span(node), text)

    def without(self, start: int, end: int) -> Patch:
        """The patch that takes an item out of a list, with the comma behind it, or where none is, the one before."""
        after = self.after(end)
        if after is not None and after.text == ",":
            following = self.after(after.end, comments=True)
            return Patch(start, after.end if following is None or following.is_comment else following.start, "")
        before = self.before(start)
        return Patch(before.start, end, "") if before is not None and before.text == "," else Patch(start, end, "")

    def between(self, start: int, end: int) -> list[Token]:
        """The tokens from one place to another, without comments."""
        first = bisect.bisect_left(self._begins, start)
        last = bisect.bisect_left(self._begins, end)
        return [token for token in self.tokens[first:last] if not token.is_comment]

    def after(self, place: int, *, comments: bool = False) -> Token | None:
        """The first token at a place or behind it."""
        at = bisect.bisect_left(self._begins, place)
        while at < len(self.tokens) and self.tokens[at].is_comment and not comments:
            at += 1
        return self.tokens[at] if at < len(self.tokens) else None

    def before(self, place: int) -> Token | None:
        """The last token that begins before a place."""
        at = bisect.bisect_left(self._begins, place) - 1
        while at >= 0 and self.tokens[at].is_comment:
            at -= 1
        return self.tokens[at] if at >= 0 else None

    def _tokens(self) -> Iterator[Token]:
        for token in tokenize.generate_tokens(io.StringIO(self.source, newline="").readline):
            if token.type not in _LAYOUT:
                start, end = (self._starts[line - 1] + column for line, column in (token.start, token.end))
                yield Token(token.string, start, end, token.type == tokenize.COMMENT)

    def patched(self, patches: tuple[Patch, ...]) -> str:
        """The source with patches that do not overlap."""
        text = self.source
        for patch in sorted(patches, key=lambda one: one.start, reverse=True):
            text = text[: patch.start] + patch.text + text[patch.end :]
        return text
