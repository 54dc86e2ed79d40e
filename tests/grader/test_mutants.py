"""Mutants: what is proposed, and that it is well made."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.mutants import proposing
from grader.mutants.mistake import Mistake, replacing
from grader.mutants.places import Place
from grader.mutants.proposing import MOST, Mutant, propose
from grader.mutants.script import Script
from grader.package import REPOSITORY
from grader.source import MAX_SOURCE

pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning")
REFERENCES = sorted(path for path in (REPOSITORY / "reference").glob("*.py") if path.stem != "__init__")
ALL = 10_000
HEAD = "import tensorflow as tf\nimport numpy as np\n"


def results(line: str, head: str = HEAD) -> dict[str, set[str]]:
    """The lines that a line can become, by kind."""
    found: dict[str, set[str]] = {}
    for mutant in propose(f"{head}{line}\n", ALL):
        found.setdefault(mutant.kind, set()).add(mutant.after)
    return found


def well_made(source: str, mutants: list[Mutant]) -> None:
    """Each compiles, no two are the same program, and nothing but the lines that it names has changed."""
    programs = [ast.dump(ast.parse(one)) for one in (source, *(mutant.source for mutant in mutants))]
    assert len(set(programs)) == len(programs)
    assert len({mutant.id for mutant in mutants}) == len(mutants)
    lines = source.split("\n")
    for mutant in mutants:
        compile(mutant.source, "mutant", "exec", dont_inherit=True)
        new, at = mutant.source.split("\n"), mutant.line - 1
        changed = len(mutant.before.split("\n"))
        assert new[:at] == lines[:at], mutant.words
        assert lines[at + changed :] == new[len(new) - (len(lines) - at - changed) :], mutant.words
        assert mutant.words == " ".join(mutant.words.split())


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: path.stem)
def test_mutants_of_the_references_are_well_made(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    mutants = propose(source)
    assert 40 < len(mutants) <= MOST
    well_made(source, mutants)
    assert mutants == propose(source)


def silent(tree: ast.AST) -> Counter[str]:
    """What no mistake belongs into: docstrings, imports, annotations, dunder names."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr):
            found.append(ast.dump(node))
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            found.append(ast.get_docstring(node) or "")
        parts = (getattr(node, part, None) for part in ("annotation", "returns"))
        found += [ast.dump(part) for part in parts if isinstance(part, ast.AST)]
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").startswith("__"):
            found.append(ast.dump(node))
    return Counter(found)


@pytest.mark.parametrize("name", ["custom_metric", "training_loop", "custom_layer"])
def test_what_a_reference_says_is_left_alone(name: str) -> None:
    source = (REPOSITORY / "reference" / f"{name}.py").read_text(encoding="utf-8")
    before = silent(ast.parse(source))
    for mutant in propose(source, ALL):
        assert not silent(ast.parse(mutant.source)) - before, mutant.words
        if mutant.kind not in {"step", "condition"}:
            assert silent(ast.parse(mutant.source)) == before, mutant.words


@pytest.mark.parametrize(
    ("line", "kind", "becomes"),
    [
        ("y = a + b", "operator", {"y = a - b"}),
        ("y = (a) * (b)", "operator", {"y = (a) / (b)"}),
        ("y = a - b * c", "swapped", {"y = (b * c) - a"}),
        ("y = a + b", "missing", {"y = a", "y = b"}),
        ("y = a / n", "missing", {"y = a"}),
        ("y += a", "operator", {"y -= a", "y = a"}),
        ("y = a < b", "comparison", {"y = a <= b", "y = a > b"}),
        ("y = a not  in b", "comparison", {"y = a in b"}),
        ("y = a and (b or c)", "condition", {"y = a or (b or c)", "y = a and (b and c)"}),
        ("y = not (a)", "condition", {"y = (a)"}),
        ("y = a if c else b", "condition", {"y = a", "y = b", "y = a if not c else b"}),
        ("y = f(-x)", "sign", {"y = f(x)"}),
        ("def f(a): return a - 1", "sign", {"def f(a): return -(a - 1)"}),
        ("y = 3", "constant", {"y = 4", "y = 2"}),
        ("y = 0.5", "constant", {"y = 1.0"}),
        ("y = 1e-7", "constant", {"y = 0.0001", "y = 0.0"}),
        ("y = -1", "constant", {"y = 0"}),
        ("y = f(x, axis=-1)", "axis", {"y = f(x, axis=0)", "y = f(x, axis=-2)"}),
        ("y = f(x, axis=(1, 2))", "axis", {"y = f(x, axis=(2,))", "y = f(x, axis=(1,))"}),
        ("y = tf.reduce_sum(x, 0)", "axis", {"y = tf.reduce_sum(x, -1)", "y = tf.reduce_sum(x, 1)"}),
        ("y = tf.reduce_sum(x)", "reduction", {"y = tf.reduce_mean(x)"}),
        ("y = np.argmax(x)", "reduction", {"y = np.argmin(x)"}),
        ("y = max(x)", "reduction", {"y = min(x)"}),
        ("y = tf.zeros_like(x)", "function", {"y = tf.ones_like(x)"}),
        ("v.assign_add(x)", "function", {"v.assign_sub(x)"}),
        ("y = x[1:-1]", "off_by_one", {"y = x[2:-1]", "y = x[0:-1]", "y = x[1:0]", "y = x[1:-2]"}),
        ("y = x[:n]", "off_by_one", {"y = x[:n - 1]"}),
        ("y = range(1, n)", "off_by_one", {"y = range(1, n - 1)"}),
        ("y = m(x, training=True)", "training", {"y = m(x, training=False)"}),
        ("y = m(x, training=training)", "training", {"y = m(x, training=True)", "y = m(x, training=False)"}),
        ("y = f(x, keepdims=True)", "switch", {"y = f(x, keepdims=False)"}),
        ("y = f(x, keepdims=True)", "argument", {"y = f(x)"}),
        ("y = f(a=1, b=2)", "argument", {"y = f(b=2)", "y = f(a=1)"}),
        ("y = f(a, b)", "swapped", {"y = f(b, a)"}),
        ("y = tf.stop_gradient(x + 1)", "forgotten", {"y = (x + 1)"}),
        ("y = tf.math.divide_no_nan(a, b)", "forgotten", {"y = (a / b)"}),
        ("y = data.shuffle(9).batch(2)", "forgotten", {"y = data.batch(2)", "y = data.shuffle(9)"}),
        ("v.assign(x)", "step", {"pass"}),
        ("if a: raise ValueError('1 < 2')", "step", {"if a: pass"}),
        ("y = {'a': 1, 'b': (2)}", "step", {"y = {'b': (2)}", "y = {'a': 1}"}),
        ("@tf.function\ndef f(): return g", "decorator", {"def f(): return g"}),
    ],
)
def test_a_line_becomes(line: str, kind: str, becomes: set[str]) -> None:
    assert results(line).get(kind) == becomes


def test_sides_that_count_alike_do_not_change_places() -> None:
    assert "swapped" not in results("y = tf.maximum(a, b)")
    assert "swapped" in results("y = tf.subtract(a, b)")


@pytest.mark.parametrize(
    "line",
    [
        '"""Say 1 + 2."""', "from a import b", "__all__ = ['a', 'b']", "x: tuple[int, 3]", "def f(x: a + b) -> 1: ...",
        "f'{1 + 2}'", "print(1 + 2, sep=3)", "warnings.warn('x', stacklevel=2)", "assert 1 < 2", "y = x",
        "T = tuple[1, 2]", "T = a | b",
        "if __name__ == '__main__': a + b", "@property\ndef f(self): return g", "y = 'a' + 'b'", "y = self.sum",
    ],
)  # fmt: skip
def test_nothing_is_proposed_where_nothing_is_computed(line: str) -> None:
    assert results(line) == {}


def test_layout_comments_and_letters_of_all_kinds_stay() -> None:
    call = 'δ = tf.add(\n    "größe",  # first\n    axis=0,  # second\n)\t# ende\r\n'
    source = f"import tensorflow as tf\n{call}ψ = (δ\n  + 1)\n"
    mutants = propose(source, ALL)
    well_made(source, mutants)
    assert {mutant.kind for mutant in mutants} >= {"axis", "argument", "function", "operator", "missing", "constant"}
    assert all("# ende" in mutant.source and "# first" in mutant.source for mutant in mutants)


def test_few_are_spread_over_kinds_and_lines() -> None:
    source = HEAD + "".join(f"a{i} = tf.reduce_sum(b{i} + c{i}, axis=0) < d{i}\n" for i in range(30))
    mutants = propose(source, 20)
    assert len(mutants) == 20
    assert len({mutant.line for mutant in mutants}) >= 15
    kinds = Counter(mutant.kind for mutant in mutants)
    assert len(kinds) >= 5
    assert max(kinds.values()) - min(kinds.values()) <= 1
    assert [mutant.line for mutant in mutants] == sorted(mutant.line for mutant in mutants)


def test_ids_outlive_changes_elsewhere() -> None:
    body = "def f(x):\n    return x + 1\n"
    before = {mutant.id for mutant in propose(body, ALL)}
    assert before == {mutant.id for mutant in propose("# a comment\n" + body, ALL)}
    twice = [mutant.id for mutant in propose("def f(x):\n    x = x + y\n    x = x + y\n    return x\n", ALL)]
    assert len(set(twice)) == len(twice)


def test_what_would_not_compile_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(script: Script, place: Place, imports: frozenset[str]) -> Iterator[Mistake]:
        if isinstance(place.node, ast.Name):
            for text in ("(", "break = 1", "z"):
                yield replacing("any", script, place.node, text, text)

    monkeypatch.setattr(proposing, "_FINDERS", (broken,))
    assert {mutant.after for mutant in propose("x = 1\n")} == {"z = 1"}


@pytest.mark.parametrize(
    "source",
    ["def", "x = '" + "a" * MAX_SOURCE + "'", "\ufeffx = 1", "-" * 50_000 + "1", "x = 1\0"],
    ids=["unfinished", "too large", "a mark", "too deep", "no text"],
)
def test_what_is_no_python_is_refused(source: str) -> None:
    with pytest.raises(ValueError):
        propose(source)


NAMES = st.sampled_from(["a", "b", "größe", "tf", "x.y", "self.w"])
NUMBERS = st.sampled_from(["0", "1", "-1", "2", "0.5", "1e-7", "10**3", "0x10", "1_000"])


def expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def made(form: str) -> st.SearchStrategy[str]:
        return st.tuples(inner, inner, inner).map(lambda parts: form.format(*parts))

    forms = [
        "{0} + {1}", "({0}) * ({1})", "{0} - (\n  {1}  # why\n)", "{0} / {1}", "{0} ** {1}", "-{0}", "not {0}",
        "{0} @ {1}", "{0} < {1}", "{0} is not {1}", "{0} and {1} or {2}", "({0} if {1} else {2})", "[{0}, {1}]",
        "tf.reduce_sum({0}, axis=-1)", "tf.stop_gradient({0})", "f({0}, {1}, k={2})", "g(*{0}, **{1})", "a[{0}:{1}]",
        "f(\n    k={0},  # one\n    axis=(0, 1),\n)", "a[{0}]", "{{'k': {0}, 'l': ({1})}}", "(lambda q={0}: {1})",
        "[i for i in range({0}) if {1}]", "f'{{a + 1}} text'", "tf.divide_no_nan({0}, {1})", "m({0}, training=True)",
        "data.shuffle({0}).repeat()",
    ]  # fmt: skip
    return st.one_of(*map(made, forms))


EXPRESSIONS = st.recursive(st.one_of(NAMES, NUMBERS), expressions, max_leaves=6)
STATEMENTS = st.one_of(
    *(
        EXPRESSIONS.map(form.format)
        for form in (
            "v = ({})", "v += ({})", "f({})", "if ({}):\n    v.assign_add(1)", "assert ({}), 'no'", "w: int = ({})",
            'def f(x: int = ({})) -> "a + b":\n    """1 + 1."""\n    return x - 1  # ü', "raise ValueError({})",
            "@d(({}))\nclass C:\n    n = 3", "for i in range(({})):\n    del i", "with ({}) as t:\n    t.step()",
        )
    )
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(STATEMENTS, min_size=1, max_size=4), st.integers(1, 40))
def test_mutants_of_any_code_are_well_made(statements: list[str], most: int) -> None:
    source = "import tensorflow as tf\n" + "\n".join(statements) + "\n"
    try:
        ast.parse(source)
    except SyntaxError:
        return
    mutants = propose(source, most)
    assert len(mutants) <= most
    well_made(source, mutants)
