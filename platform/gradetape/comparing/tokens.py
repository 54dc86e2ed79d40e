"""Python as a row of symbols that stay the same when somebody renames, reformats or comments what they copied.

The scanner is one regular expression: it takes any text, also what is no valid Python, in time linear in its length.
"""

import builtins
import keyword
import re
from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<string>[bBfFrRuU]{0,2}(?:
          \"{3}(?:\\.|(?!\"{3}).)*(?:\"{3}|\\?\Z) | '{3}(?:\\.|(?!'{3}).)*(?:'{3}|\\?\Z)
        | "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'? ))
    | (?P<number>\.?\d[\w.]*)
    | (?P<name>[^\W\d]\w*)
    | (?P<line>\n)
    | (?P<operator>\*\*=?|//=?|>>=?|<<=?|\.\.\.|->|[-+*/%@&|^=<>!:]=|[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)
KEYWORDS = frozenset(keyword.kwlist)
KNOWN = KEYWORDS | frozenset(dir(builtins))
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
# After these a name is made; before the others it is given a value.
MAKES = frozenset({"def", "class", "as", "for", "global", "nonlocal", "lambda"})
GIVES = frozenset({"=", ":", "+=", "-=", "*=", "/=", "//=", "@=", "**="})
OWN_NAME, TEXT = "a name", "a text"


class Token(NamedTuple):
    """A word of the text, from `start` up to `end`. `depth`: in how many brackets it stands."""

    kind: str
    text: str
    start: int
    end: int
    depth: int


def tokens_of(text: str, most: int) -> list[Token]:
    """The first `most` tokens of a text, without comments, docstrings and line ends."""
    found: list[Token] = []
    depth, begins_line = 0, True
    for match in TOKEN.finditer(text):
        kind, word = str(match.lastgroup), match[0]
        if kind == "line":
            begins_line = depth == 0
        elif kind != "comment" and not (kind == "string" and begins_line):
            depth = max(0, depth - 1) if word in CLOSING else depth
            found.append(Token(kind, word, match.start(), match.end(), depth))
            depth += word in OPENING
            begins_line = False
            if len(found) == most:
                break
    return found


def symbols_of(tokens: Sequence[Token]) -> list[str]:
    """A symbol for each token: names that the file itself makes are all one symbol, and so are all texts.

    What a library is called with (attributes, keywords) keeps its name.
    """
    parameters = frozenset(_parameters(tokens))
    own = frozenset(_own_names(tokens, parameters))
    selves = {tokens[at].text for at in parameters if tokens[at - 1].text == "("}
    return [
        TEXT
        if token.kind == "string"
        else OWN_NAME
        if token.text in own and not _is_foreign(tokens, at, parameters, selves)
        else token.text
        for at, token in enumerate(tokens)
    ]


def _is_foreign(tokens: Sequence[Token], at: int, parameters: frozenset[int], selves: Set[str]) -> bool:
    """Whether a name is an attribute of something else than a first parameter (`self`), or a keyword of a call."""
    if at and tokens[at - 1].text == ".":
        return at < 2 or tokens[at - 2].text not in selves
    follows = tokens[at + 1].text if at + 1 < len(tokens) else ""
    return follows == "=" and tokens[at].depth > 0 and at not in parameters


def _parameters(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of the names between the brackets behind `def f`."""
    header: int | None = None
    for at, token in enumerate(tokens):
        if at and tokens[at - 1].text == "def":
            header = token.depth
        elif header is not None and token.text == ")" and token.depth <= header:
            header = None
        elif header is not None and token.depth == header + 1 and tokens[at - 1].text in {"(", ",", "*", "**"}:
            yield at


def _own_names(tokens: Sequence[Token], parameters: frozenset[int]) -> Iterator[str]:
    """Names of functions, classes, parameters, variables and attributes that are made in the file."""
    for at, (kind, text, _, _, depth) in enumerate(tokens):
        if kind != "name" or text in KNOWN:
            continue
        before = tokens[at - 1].text if at else ""
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        is_given = after == ":=" or (depth == 0 and after in GIVES)
        if before in MAKES or at in parameters or is_given:
            yield text
        elif depth == 0 and after == ",":
            yield from _unpacked(tokens, at)


def _unpacked(tokens: Sequence[Token], at: int) -> Iterator[str]:
    """The name at a place, where it is the first of `a, b = ...` or a middle one of it."""
    for token in tokens[at + 1 : at + 40]:
        if token.text in {"=", "in"} and token.depth == 0:
            yield tokens[at].text
            return
        if token.depth == 0 and token.text not in {",", ".", "*"} and token.kind != "name":
            return
