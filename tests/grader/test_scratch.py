"""A candidate's own snippet: run beside the file, with its output and nothing of the challenge's."""

from __future__ import annotations

import pytest

from grader.engine import Engine
from grader.model import GradeRequest, GradeResult, Verdict
from tests.grader.toy import MANIFEST, REFERENCE, toy

PACKAGE = toy(manifest_toml=MANIFEST.replace("case_seconds = 2", "case_seconds = 1"))


@pytest.fixture
def attempt(engine: Engine):
    def run(snippet: str, source: str = REFERENCE) -> GradeResult:
        return engine.grade(GradeRequest(PACKAGE, source.encode(), 3, snippet=snippet.encode()))

    return run


def test_a_snippet_has_the_files_names_and_shows_its_last_expression(attempt) -> None:
    result = attempt("x = double(4)\nprint('twice', x)\n\nx + 1")
    assert (result.verdict, result.cases, result.output) == (Verdict.ACCEPTED, (), {"stdout": "twice 8\n9\n"})


def test_an_exception_says_where_in_the_snippet_it_was(attempt) -> None:
    result = attempt("double(1)\ndouble(2) / 0\n")
    assert (result.verdict, result.message) == (Verdict.RUNTIME_ERROR, "ZeroDivisionError: division by zero")
    assert 'File "snippet.py", line 2' in result.output["stderr"]
    assert "scratching.py" not in result.output["stderr"]


def test_an_exception_in_the_file_has_the_files_line(attempt) -> None:
    result = attempt("double(0)", "def double(x):\n    return 1 / x\n")
    assert result.line == 2


@pytest.mark.parametrize(
    ("snippet", "verdict"),
    [
        ("while True: pass", Verdict.TIME_LIMIT),
        ("import os; os._exit(0)", Verdict.RUNTIME_ERROR),
        ("x = bytearray(4 << 30)", Verdict.MEMORY_LIMIT),
        ("print('x' * 20_000_000)", Verdict.OUTPUT_LIMIT),
        ("double(", Verdict.RUNTIME_ERROR),
        ("", Verdict.ACCEPTED),
    ],
)
def test_a_snippet_has_the_limits_of_a_case(attempt, snippet: str, verdict: Verdict) -> None:
    assert attempt(snippet).verdict is verdict


def test_a_file_that_cannot_be_imported_says_so(attempt) -> None:
    result = attempt("1", "def double(x:\n")
    assert (result.verdict, result.line) == (Verdict.RUNTIME_ERROR, 1)


def test_nothing_of_the_challenge_is_in_the_jail(attempt) -> None:
    result = attempt(
        "import pathlib, sys\nprint(sorted(p.name for p in pathlib.Path('/box').iterdir()), 'checks' in sys.modules)"
    )
    assert result.output["stdout"] == "['probes.py', 'public', 'solution.py'] False\n"
