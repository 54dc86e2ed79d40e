"""The reference of a package, made ready to be read: its code, its explanation, and where others fall."""

import ast
import re
from dataclasses import dataclass
from functools import lru_cache

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import PythonLexer

from grader.package import Package
from gradetape.catalog.models import VersionArchive
from gradetape.catalog.statements import clean, render

TRAPS_SHOWN = 8
_HEADER = re.compile(r"^#\s*(caught by|why):\s*(.+?)\s*$", re.MULTILINE)
# An address that stands by itself in running text; Markdown makes links of those in angle brackets only.
_ADDRESS = re.compile(r"(?<![<(\[`\"'=])\bhttps?://[^\s<>()`]*[^\s<>()`.,;:]")


@dataclass(frozen=True)
class Trap:
    """A wrong solution that looks right: what is wrong with it, and the titles of the cases that catch it."""

    why: str
    caught_by: tuple[str, ...]


@dataclass(frozen=True)
class Solution:
    """Safe HTML of the code and of the explanation (empty where the package has none), and the traps."""

    code_html: str
    explanation_html: str
    traps: tuple[Trap, ...]

    @property
    def first_traps(self) -> tuple[Trap, ...]:
        """What fits beside the code; the rest is there for whoever asks for it."""
        return self.traps[:TRAPS_SHOWN]

    @property
    def other_traps(self) -> tuple[Trap, ...]:
        return self.traps[TRAPS_SHOWN:]


@lru_cache(maxsize=64)
def read(digest: str) -> Solution:
    """The solution in the package published under a digest. Raises VersionArchive.DoesNotExist, PackageError."""
    package = Package.from_archive(bytes(VersionArchive.objects.get(version__digest=digest).data))
    own_words = "explanation.md" not in package.files
    code = without_docstring(package.reference) if own_words else package.reference
    explanation = _linked(package.explanation) if own_words else package.explanation
    return Solution(
        code_html=clean(f"<code>{highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))}</code>"),
        explanation_html=render(explanation),
        traps=traps_of(package),
    )


def without_docstring(source: str) -> str:
    """The module without its docstring, which is shown above it as the explanation."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    first = body[0] if body else None
    if not (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    ):
        return source
    lines = source.splitlines(keepends=True)
    return "".join(lines[: first.lineno - 1] + lines[first.end_lineno :]).lstrip("\n")


def traps_of(package: Package) -> tuple[Trap, ...]:
    """What the package's own wrong solutions say of themselves, those first that the fewest cases catch."""
    titles = {case.id: case.title for case in package.cases}
    found = []
    for source in package.submissions("rejected").values():
        says = dict(_HEADER.findall(source.decode("utf-8", "replace")))
        cases = [titles[name] for name in map(str.strip, says.get("caught by", "").split(",")) if name in titles]
        if "why" in says:
            found.append(Trap(says["why"], tuple(cases)))
    return tuple(sorted(found, key=lambda trap: (len(trap.caught_by) or len(titles), trap.why)))


def _linked(text: str) -> str:
    """Addresses as links, outside of formulas and code."""
    lines = text.split("\n")
    return "\n".join(line if line.startswith("    ") else _ADDRESS.sub(r"<\g<0>>", line) for line in lines)
