"""The command line as others call it: a contract."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from grader.package import REPOSITORY

LAYER = REPOSITORY / "challenges" / "custom-layer"
CASE_KEYS = {"id", "part", "points", "earned", "outcome", "seconds", "sample", "hint"}


def grader(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=280, check=False)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """The reference, a wrong solution and a broken file, in one call."""
    broken = tmp_path_factory.mktemp("files") / "broken.py"
    broken.write_text("def broken(:\n")
    files = (
        REPOSITORY / "reference" / "custom_layer.py",
        LAYER / "submissions" / "rejected" / "documented_answer.py",
        broken,
    )
    return grader("grade", "custom-layer", *files, "--seed", "4", "--json")


def test_grading_prints_one_object_a_file_in_the_order_given(graded) -> None:
    lines = [json.loads(line) for line in graded.stdout.splitlines()]
    assert graded.returncode == 0
    assert [line["verdict"] for line in lines] == ["accepted", "partial", "runtime_error"]
    assert [Path(line["file"]).name for line in lines] == ["custom_layer.py", "documented_answer.py", "broken.py"]
    assert {(line["challenge"], line["seed"]) for line in lines} == {("custom-layer", 4)}


def test_each_object_has_the_contracts_fields(graded) -> None:
    for line in map(json.loads, graded.stdout.splitlines()):
        assert {"file", "challenge", "version", "seed", "verdict", "score", "cases", "timings"} <= set(line)
        assert set(line["timings"]) == {"jail_ms", "first_case_ms", "total_ms", "cpu_s"}
        assert all(set(case) >= CASE_KEYS for case in line["cases"])
        assert sum(case["points"] for case in line["cases"]) == 100


def test_a_case_that_did_not_pass_has_its_hint_and_one_that_did_has_none(graded) -> None:
    cases = [case for line in map(json.loads, graded.stdout.splitlines()) for case in line["cases"]]
    assert all((case["hint"] is None) == (case["outcome"] == "passed") for case in cases)


def test_a_syntax_error_names_its_line(graded) -> None:
    last = json.loads(graded.stdout.splitlines()[-1])
    assert (last["line"], last["score"]) == (1, 0)
    assert "SyntaxError" in last["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("grade", "nowhere", __file__),
        ("grade", "custom-layer", "/no/such/file.py"),
        ("grade", "custom-layer"),
        ("validate", "nowhere"),
        ("fly",),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert grader(*arguments).returncode == 2


@pytest.mark.parametrize(("slug", "file"), [("nowhere", __file__), ("custom-layer", "/no/such/file.py")])
def test_wrong_usage_is_said_in_one_line(slug: str, file: str) -> None:
    done = grader("grade", slug, file)
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stdout


def test_without_json_people_get_a_table_with_the_difference_of_samples() -> None:
    done = grader(
        "grade",
        "custom-layer",
        LAYER / "submissions" / "rejected" / "activation_before_bias.py",
        "--samples",
        "--seed",
        "4",
    )
    assert done.returncode == 0
    assert "✗ forward" in done.stdout
    assert "want" in done.stdout
    assert "hint:" in done.stdout
    assert "any_rank" not in done.stdout
