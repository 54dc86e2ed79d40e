"""What is wrong with a package's files, at its line, in words."""

import msgspec
import pytest
from typer.testing import CliRunner

from grader.cli.app import app
from grader.linting.inspection import has_errors, problems_of
from grader.linting.problem import Problem
from grader.package import Package, files_in, library

MANIFEST = """title = "Double"
summary = "Twice the input."
kind = "coding"
difficulty = "easy"
topics = ["arithmetic"]
runtime = "keras3"
minutes = 5

[[contract]]
name = "double"
kind = "function"

[[parts]]
id = "only"
title = "All of it"

[[cases]]
id = "scalar"
part = "only"
points = 60
sample = true
title = "One number"
hint = "Two times one is two."

[[cases]]
id = "array"
part = "only"
points = 40
title = "Arrays"
hint = "Look at the shape."
"""
PROBES = '''"""Probes."""
from grader.probing import probe


@probe("scalar")
def scalar(solution, rng):
    return solution.double(1)


@probe("array")
def array(solution, rng):
    return solution.double([1])
'''
STATEMENT = "# Double\n\nWrite `double(x)`.\n\n## Example\n\n    double(1)\n"
CODE = "def double(x):\n    return 2 * x\n"
GOOD = {
    "challenge.toml": MANIFEST, "probes.py": PROBES, "statement.md": STATEMENT, "starter.py": CODE,
    "reference.py": CODE,
    **{f"submissions/accepted/a{n}.py": f"# style: number {n}\n{CODE}" for n in range(3)},
    **{f"submissions/rejected/r{n}.py": f"# caught by: scalar\n# why: number {n}\n{CODE}" for n in range(8)},
    **{f"submissions/cheating/c{n}.py": f"# caught by: all\n# why: number {n}\n{CODE}" for n in range(3)},
}  # fmt: skip


def lint(files: dict[str, str | bytes | None]) -> list[Problem]:
    contents = {
        name: text.encode() if isinstance(text, str) else text for name, text in files.items() if text is not None
    }
    return problems_of(contents)


def with_manifest(before: str, after: str) -> list[Problem]:
    assert before in MANIFEST
    return lint({**GOOD, "challenge.toml": MANIFEST.replace(before, after, 1)})


def brief(problems: list[Problem]) -> list[tuple[str, int, str]]:
    return [(one.file, one.line, one.severity.value) for one in problems]


def test_a_good_package_has_no_problems():
    assert lint(GOOD) == []


@pytest.mark.parametrize("slug", library())
def test_the_challenges_that_are_here_have_no_errors(slug):
    assert [one for one in problems_of(files_in(library()[slug])) if one.severity == "error"] == []


@pytest.mark.parametrize("name", ["challenge.toml", "statement.md", "starter.py", "probes.py", "reference.py"])
def test_a_missing_file_is_named(name):
    assert (name, 1, "error") in brief(lint({**GOOD, name: None}))


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ('kind = "coding"', "kind = coding", 3, "Expected TOML"),
        ('title = "Double"', 'titel = "Double"', 1, "Did you mean title?"),
        ("points = 60", "points = 50", 28, "add up to 100, received 90"),
        ("points = 60", 'points = "60"', 20, "points:"),
        ("points = 60", "points = -1", 20, "above 0"),
        ('hint = "Look at the shape."\n', "", 25, "Every case has a hint"),
        ('hint = "Look at the shape."', 'hint = ""', 30, "Every case has a hint"),
        ('id = "array"', 'id = "scalar"', 26, "each case once"),
        ('id = "array"', 'id = "An array"', 26, "small letters"),
        ("sample = true", "sample = false", 17, "sample = true"),
        ('part = "only"\npoints = 40', 'part = "other"\npoints = 40', 27, "expected a part"),
        ('difficulty = "easy"', 'difficulty = "simple"', 4, "'simple'"),
        ("minutes = 5\n", "minutes = 5\nbudget = 3\n", 8, "unknown key budget"),
        ("minutes = 5\n", "", 1, "key minutes"),
        ("sample = true", "smaple = true", 21, "Did you mean sample?"),
    ],
)
def test_what_the_description_says_wrongly_is_found_at_its_line(before, after, line, words):
    problems = [one for one in with_manifest(before, after) if brief([one])[0][::2] == ("challenge.toml", "error")]
    assert words in " ".join(one.message for one in problems)
    assert line in [one.line for one in problems]


def test_several_wrong_keys_are_found_at_once():
    problems = lint({**GOOD, "challenge.toml": MANIFEST.replace("minutes = 5", "minutes = 1\nmore = 2")})
    assert [one.line for one in problems if one.file == "challenge.toml"] == [7, 8]


def test_lines_are_right_below_long_strings_and_lists():
    text = MANIFEST.replace('topics = ["arithmetic"]', 'topics = [\n  "a [[cases]]",\n  "b = 1",\n]')
    text = text.replace('"Twice the input."', '"""\nTwice\n[[cases]]\nthe = 1\n"""').replace(
        "points = 60", "points = 61"
    )
    assert [one.line for one in lint({**GOOD, "challenge.toml": text})] == [text.splitlines().index("points = 40") + 1]


def test_a_description_nested_without_end_is_an_error_and_no_crash():
    assert has_errors(lint({**GOOD, "challenge.toml": "a = " + "[" * 50_000}))


@pytest.mark.parametrize("name", ["probes.py", "starter.py", "submissions/rejected/r1.py"])
def test_what_is_no_python_is_found_at_its_line(name):
    problems = [one for one in lint({**GOOD, name: "# caught by: all\n# why: x\nx = = 1\n"}) if "Python" in one.message]
    assert [(one.file, one.line, one.column) for one in problems] == [(name, 3, 5)]


@pytest.mark.parametrize("text", ["(" * 20_000, "x = " + "-" * 60_000 + "1", "a\0b", b"\xff"])
def test_python_that_can_not_be_read_is_an_error_and_no_crash(text):
    assert any(one.file == "probes.py" for one in lint({**GOOD, "probes.py": text}))


def test_a_case_without_a_probe_is_found_at_the_case():
    problems = lint({**GOOD, "probes.py": PROBES.replace('@probe("array")', '@probe("list")')})
    assert brief(problems) == [("challenge.toml", 26, "error"), ("probes.py", 10, "warning")]


def test_probes_with_names_made_when_they_run_are_not_guessed_at():
    text = PROBES.replace('@probe("array")\n', "") + '\nfor name in ("array",):\n    probe(name)(array)\n'
    assert lint({**GOOD, "probes.py": text}) == []


def test_a_second_probe_of_a_name_is_an_error():
    assert ("probes.py", 10, "error") in brief(lint({**GOOD, "probes.py": PROBES.replace('"array"', '"scalar"')}))


def test_a_check_of_an_unknown_case_is_an_error():
    text = 'from grader.checking import check\n\n\n@check("arrays")\ndef one(got, want, secret):\n    pass\n'
    assert brief(lint({**GOOD, "checks.py": text})) == [("checks.py", 4, "error")]


@pytest.mark.parametrize(
    "line",
    ["from grader.checking import agree", "import grader.checking as c", "from grader import checking",
     "import reference",
     "from reference.double import double", "import checks", 'np.load("data/secret/x.npz")', 'open("reference.py")'],
)  # fmt: skip
def test_probes_that_reach_for_what_the_judge_knows_are_found(line):
    text = PROBES.replace("    return solution.double(1)", f"    {line}\n    return solution.double(1)")
    assert brief(lint({**GOOD, "probes.py": text})) == [("probes.py", 7, "error")]


def test_a_docstring_may_speak_of_secret_data():
    assert lint({**GOOD, "probes.py": PROBES.replace('"""Probes."""', '"""Nothing out of data/secret."""')}) == []


def test_wanted_values_in_probes_are_a_warning():
    text = PROBES.replace("    return solution.double(1)", "    return solution.double(want)")
    assert brief(lint({**GOOD, "probes.py": text})) == [("probes.py", 7, "warning")]


def test_a_probe_that_asks_for_secret_data_is_an_error():
    checks = "from grader.checking import Prepared, prepare\n\n\n@prepare\ndef data(rng):\n"
    checks += '    return Prepared(solve={"x": 1}, secret={"labels": 2})\n'
    probes = PROBES.replace("def array(solution, rng)", "def array(solution, rng, x, labels)")
    assert brief(lint({**GOOD, "probes.py": probes, "checks.py": checks})) == [("probes.py", 11, "error")]


def test_a_rejected_submission_says_which_cases_catch_it():
    problems = lint({**GOOD, "submissions/rejected/r0.py": f"# why: x\n{CODE}"})
    assert brief(problems) == [("submissions/rejected/r0.py", 1, "error")]


def test_only_known_cases_catch():
    problems = lint({**GOOD, "submissions/cheating/c0.py": f"# why: x\n# caught by: scalar, other\n{CODE}"})
    assert brief(problems) == [("submissions/cheating/c0.py", 2, "error")]
    assert "'other'" in problems[0].message


def test_too_few_submissions_are_a_warning():
    assert brief(lint({**GOOD, "submissions/rejected/r0.py": None})) == [("challenge.toml", 1, "warning")]


@pytest.mark.parametrize("name", ["starter.py", "reference.py"])
def test_names_of_the_contract_are_defined(name):
    assert brief(lint({**GOOD, name: "def triple(x):\n    return x\n"})) == [(name, 1, "error")]


@pytest.mark.parametrize("code", ["double = lambda x: x\n", "from a import b as double\n", "if 1:\n    double = 1\n"])
def test_names_are_defined_in_several_ways(code):
    assert lint({**GOOD, "starter.py": code}) == []


def test_a_statement_names_what_it_asks_for_and_has_an_example():
    problems = lint({**GOOD, "statement.md": "# Doubles\n\nWrite doubles.\n"})
    assert brief(problems) == [("challenge.toml", 10, "error"), ("statement.md", 3, "warning")]


def test_replays_and_cases_that_ask_for_them_come_together():
    assert ("replays.py", 1, "error") in brief(lint({**GOOD, "replays.py": "x = 1\n"}))
    text = MANIFEST.replace("sample = true", "replay = true\nsample = true")
    assert ("challenge.toml", 21, "error") in brief(lint({**GOOD, "challenge.toml": text}))


def test_what_has_no_errors_is_a_package():
    files = {name: text.encode() for name, text in GOOD.items()}
    assert Package("double", files).title == "Double"


def test_the_command_tells_and_its_exit_code_says_whether_something_is_wrong(tmp_path):
    folder = tmp_path / "challenges" / "double"
    for name, text in {**GOOD, "probes.py": "x = = 1\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "double.py").write_text(CODE)
    told = CliRunner().invoke(app, ["lint", str(folder), "--json"])
    problems = [msgspec.json.decode(line) for line in told.stdout.splitlines()]
    assert told.exit_code == 1
    assert problems == [
        {"file": "probes.py", "line": 1, "column": 5, "severity": "error", "message": problems[0]["message"]}
    ]
    (folder / "probes.py").write_text(PROBES)
    assert CliRunner().invoke(app, ["lint", str(folder)]).exit_code == 0
