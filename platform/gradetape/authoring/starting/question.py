"""A documented question, as people keep them: some words, and an answer in a block of code.

The words become the statement, the names that the code defines become the contract and the starter, the code itself
the reference. What a question does not say, its author has to: the problems that the editor shows lead through it.
Nothing of the code is run.
"""

import ast
import re
from dataclasses import dataclass, field

import tomlkit
from tomlkit.items import AoT, Table

from grader.manifest import FULL_SCORE

_FENCE = re.compile(r"^(`{3,}|~{3,})[^\n]*\n(.*?)^\1[ \t]*$", re.M | re.S)
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*\s*$", re.M)
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.S)
_ANSWER = re.compile(r"^#{1,6}\s+(solution|answer|explanation)\b.*$", re.M | re.I)
_NUMBERED = re.compile(r"^(question|q|scenario)?\s*\d+\s*[.:)]?\s*$", re.I)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_AN_ID = re.compile(r"[^a-z0-9]+")
LONGEST_TITLE = 120
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass
class Question:
    """A question taken apart. `words` are what is asked, `code` is the answer."""

    title: str
    words: str
    code: str
    definitions: list[Definition] = field(default_factory=list)
    imports: str = ""
    use: str = ""
    is_python: bool = True


def files(text: str, title: str = "") -> dict[str, bytes]:
    """The files of a project that asks the question in `text`, called `title` where one is given."""
    asked = taken_apart(text)
    asked.title = title or asked.title
    made = {
        "challenge.toml": _description(asked), "statement.md": _statement(asked), "starter.py": _starter(asked),
        "probes.py": _probes(asked), "reference.py": _reference(asked),
    }  # fmt: skip
    return {path: content.encode("utf-8", "replace") for path, content in made.items()}


def taken_apart(text: str) -> Question:
    """The parts of a question. Code that is no Python stays in one piece."""
    text = text.replace("\r\n", "\n").replace("\0", "")
    code = "\n".join(block.group(2).rstrip() + "\n" for block in _FENCE.finditer(text))
    words = _FENCE.sub("", text)
    answer = _ANSWER.search(words)
    words = re.sub(r"^(-{3,}|\*{3,})\s*$", "", words[: answer.start()] if answer else words, flags=re.M).strip()
    asked = Question(_title(words), words, code)
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        asked.is_python = False
        return asked
    _sort(asked, tree)
    return asked


def _sort(asked: Question, tree: ast.Module) -> None:
    """Imports, definitions, and what uses them."""
    lines = asked.code.splitlines()
    pieces: dict[str, list[str]] = {"imports": [], "use": []}
    for node in tree.body:
        source = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        if isinstance(node, Definition):
            # The last definition of a name is the one that counts.
            asked.definitions = [one for one in asked.definitions if one.name != node.name] + [node]
        else:
            pieces["imports" if isinstance(node, ast.Import | ast.ImportFrom) else "use"].append(source)
    asked.imports = "\n".join(dict.fromkeys(pieces["imports"]))
    asked.use = "\n".join(pieces["use"])


def _title(words: str) -> str:
    headings = [one.group(1) for one in _HEADING.finditer(words)]
    bold = [" ".join(one.group(1).split()) for one in _BOLD.finditer(words)]
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    found = next((one for one in [*bold, *headings, *lines] if not _NUMBERED.match(one)), "")
    return found.strip("*# ").rstrip("?.:")[:LONGEST_TITLE] or "A new challenge"


def _description(asked: Question) -> str:
    document = tomlkit.document()
    document.add(tomlkit.comment("Made from a question. What is empty is for you to say."))
    for key, value in {
        "title": asked.title, "summary": "", "kind": "coding", "difficulty": "medium", "topics": [],
        "runtime": "keras3", "minutes": 30,
    }.items():  # fmt: skip
        document.add(key, tomlkit.item(value))
    document.add("contract", _tables([_contract(one) for one in asked.definitions]))
    document.add("parts", _tables([{"id": "all", "title": "All of it"}]))
    document.add("cases", _tables(_cases(asked)))
    return document.as_string()


def _tables(rows: list[dict[str, object]]) -> AoT:
    found = tomlkit.aot()
    for row in rows:
        table: Table = tomlkit.table()
        for key, value in row.items():
            table.add(key, value)
        found.append(table)
    return found


def _contract(one: Definition) -> dict[str, object]:
    kind = "class" if isinstance(one, ast.ClassDef) else "function"
    return {"name": one.name, "kind": kind, "signature": _signature(one)}


def _signature(one: Definition) -> str:
    """The arguments as they are written, of a class those of its constructor."""
    found: ast.AST | None = one
    if isinstance(one, ast.ClassDef):
        found = next((node for node in one.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"), None)
    if not isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
        return "()"
    written = ast.unparse(found.args)
    return f"({re.sub(r'^self(, )?', '', written) if isinstance(one, ast.ClassDef) else written})"


def _cases(asked: Question) -> list[dict[str, object]]:
    names = [one.name for one in asked.definitions] or ["first"]
    share, rest = divmod(FULL_SCORE, len(names))
    ids = _ids(names)
    return [
        {
            "id": ids[at], "part": "all", "points": share + (rest if at == 0 else 0), "sample": at == 0,
            "title": f"What {name} gives", "hint": "",
        }
        for at, name in enumerate(names)
    ]  # fmt: skip


def _ids(names: list[str]) -> list[str]:
    """An id for each name; names that differ in their capitals alone get numbers."""
    found: list[str] = []
    for name in names:
        one = _NOT_AN_ID.sub("_", _HUMP.sub("_", name).lower()).strip("_")[:50] or "case"
        one = one if one[0].isalpha() else f"case_{one}"
        found.append(f"{one}_{len(found)}" if one in found else one)
    return found


def _statement(asked: Question) -> str:
    asks = "\n".join(
        f"- `{one.name}{_signature(one)}`: say what it takes and what it gives, with shapes and dtypes."
        for one in asked.definitions
    )
    words = _HEADING.sub("", asked.words).strip()
    example = asked.use or "# one call, and what it gives"
    return f"# {asked.title}\n\n{words}\n\n## What you write\n\n{asks}\n\n## Example\n\n```python\n{example}\n```\n"


def _starter(asked: Question) -> str:
    if not asked.is_python:
        return "# What the editor opens with: the names that a solution defines, with nothing in them.\n"
    stubs = "\n\n\n".join(ast.unparse(_stub(one)) for one in asked.definitions)
    return f"{asked.imports}\n\n\n{stubs}\n".lstrip()


def _stub(one: Definition) -> Definition:
    """The definition without its answer; what it says of itself stays."""
    said = one.body[:1] if ast.get_docstring(one) is not None else []
    if isinstance(one, ast.ClassDef):
        inner: list[ast.stmt] = [_stub(node) for node in one.body if isinstance(node, Definition)]
        body = [*said, *inner] or [ast.Pass()]
        return ast.ClassDef(one.name, one.bases, one.keywords, body, one.decorator_list)
    raising = ast.Raise(ast.Name("NotImplementedError", ast.Load()), None)
    return type(one)(
        one.name, one.args, [*said, raising], one.decorator_list, one.returns, lineno=one.lineno, col_offset=0
    )


def _reference(asked: Question) -> str:
    if not asked.is_python:
        return asked.code or '"""The best answer that you know."""\n'
    lines = asked.code.splitlines()
    pieces = ["\n".join(lines[_first(one) - 1 : one.end_lineno]) for one in asked.definitions]
    about = '"""Say why it is done this way: candidates read this once they have solved it."""'
    return f"{about}\n\n{asked.imports}\n\n\n" + "\n\n\n".join(pieces) + "\n"


def _first(one: Definition) -> int:
    return min([one.lineno, *(decorator.lineno for decorator in one.decorator_list)])


def _probes(asked: Question) -> str:
    names = [one.name for one in asked.definitions]
    head = '"""What is tried. This file goes into the candidate\'s jail: it looks, and checks.py decides."""\n\n'
    pieces = [f"{head}from grader.probing import f32, probe\n"]
    for case, name in zip(_ids(names or ["first"]), names or ["first"], strict=True):
        pieces.append(
            f'\n\n@probe("{case}")\ndef {case}(solution, rng):\n'
            f'    """Call it with inputs out of rng, such as f32(rng, 3, 2), and return what it gives."""\n'
            f'    return {{"output": solution.{name}(f32(rng, 3, 2))}}\n'
        )
    return "".join(pieces)
