"""Bundles: a verdict that is graded again, and files that only look like bundles."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from grader import VERSION
from grader.archives import pack
from grader.bundles.agreement import changed, differences
from grader.bundles.bundle import EVENTS, MAX_BUNDLE, MAX_TEXT, PACKAGE, RECORD, SOURCE, members, read, read_file
from grader.bundles.record import Record, proof_of
from grader.cli import app, replay
from grader.events import Timings
from grader.exceptions import BundleError
from grader.libraries import surroundings
from grader.model import GradeRequest, GradeResult, Verdict
from grader.package import REPOSITORY, Package
from tests.grader.toy import toy

SEED = 7
BLANK = GradeResult("toy", "", SEED, Verdict.PARTIAL, 1, (), None, None, {}, Timings(None, None, 0, 0))
HALF = b"def double(x):\n    return x * 2 if getattr(x, 'ndim', 0) else x * 3\n"
Make = Callable[..., Path]


def record_of(package: Package, result: GradeResult, **changes: Any) -> Record:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    facts = {
        "format": 1, "submission": "00000000-0000-4000-8000-000000000000", "challenge": package.slug, "number": 1,
        "version": package.digest, "proof": proof_of(package.digest), "seed": SEED, "samples_only": False,
        "verdict": result.verdict, "score": result.score, "message": None, "line": None, "cases": result.cases,
        "output": {}, "libraries": dict(result.libraries), "timings": {}, "attempt": 1, "sent_at": now,
        "started_at": now, "finished_at": now,
    }  # fmt: skip
    return Record(**{**facts, **changes})


@pytest.fixture(scope="module")
def graded(engine) -> GradeResult:
    """A solution that earns some of the points."""
    return engine.grade(GradeRequest(toy(), HALF, SEED))


@pytest.fixture
def made(graded: GradeResult, tmp_path: Path) -> Make:
    """A bundle of it in a file: `made(source=…, package=…, score=…)` with something altered."""

    def make(source: bytes = HALF, package: bytes | None = toy().archive(), **changes: Any) -> Path:
        record = record_of(toy(), graded, **changes)
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.tar"
        path.write_bytes(pack(dict(members(record, source, [{"id": "1-1", "type": "started"}], package))))
        return path

    return make


@pytest.fixture
def replayed(engine, monkeypatch, capsys) -> Callable[..., tuple[int, list[dict[str, Any]]]]:
    """The command in this process, with the session's engine."""

    class Same:
        def __init__(self, count: int, runtimes: tuple[str, ...]) -> None:
            assert (count, runtimes) == (1, ("keras3",))

        def __enter__(self) -> list[Any]:
            return [engine]

        def __exit__(self, *error: object) -> None:
            """The engine goes on."""

    def run(*files: Path) -> tuple[int, list[dict[str, Any]]]:
        monkeypatch.setattr(replay, "engines", Same)
        code = replay.run(list(files), as_json=True)
        return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def test_what_was_graded_is_graded_the_same_again(made: Make, replayed, graded: GradeResult) -> None:
    assert 0 < graded.score < 100
    code, (line,) = replayed(made())
    assert (code, line["agrees"], line["differences"], line["libraries"]) == (0, True, [], [])
    assert (line["package"], line["seed"], line["seed_recorded"]) == ("bundle", SEED, True)
    assert line["recorded"]["score"] == line["now"]["score"] == graded.score


def test_an_altered_score_differs(made: Make, replayed, graded: GradeResult) -> None:
    code, (line,) = replayed(made(score=graded.score + 1))
    assert (code, line["agrees"]) == (1, False)
    assert [one["what"] for one in line["differences"]] == ["score"]


def test_an_altered_source_differs_case_by_case(made: Make, replayed) -> None:
    code, (good, bad) = replayed(made(), made(source=b"def double(x):\n    return x * 2\n"))
    assert (code, good["agrees"], bad["agrees"]) == (1, True, False)
    assert [one["what"] for one in bad["differences"]] == ["verdict", "score", "case scalar"]
    assert bad["differences"][2] == {"what": "case scalar", "recorded": "failed, 0 of 35", "now": "passed, 35 of 35"}


def test_another_tensorflow_is_told_and_decides_nothing(made: Make, replayed, graded: GradeResult) -> None:
    older = {**graded.libraries, "tensorflow": "2.20.0"}
    code, (line,) = replayed(made(libraries=older))
    here = surroundings("keras3")["tensorflow"]
    assert (code, line["agrees"]) == (0, True)
    assert line["libraries"] == [{"what": "tensorflow", "recorded": "2.20.0", "now": here}]


def test_a_candidate_s_bundle_is_graded_on_the_version_in_challenges(made: Make, replayed, monkeypatch) -> None:
    monkeypatch.setattr(replay, "library", lambda: {"toy": Path("toy")})
    monkeypatch.setattr(replay, "package_of", lambda slug: toy())
    code, (line,) = replayed(made(package=None, version=None, seed=None))
    assert (code, line["agrees"], line["package"], line["seed_recorded"]) == (0, True, "challenges", False)
    monkeypatch.setattr(replay, "package_of", lambda slug: toy(review_md="Another."))
    with pytest.raises(replay.WrongUsageError, match="another version"):
        replayed(made(package=None, version=None, seed=None))


def test_a_fault_of_the_platform_is_neither(made: Make, replayed) -> None:
    broken = toy(checks_py="raise RuntimeError('broken')")
    code, (line,) = replayed(made(package=broken.archive(), version=broken.digest, proof=proof_of(broken.digest)))
    assert (code, line["agrees"], line["now"]["verdict"]) == (3, None, "judge_error")


def test_versions_that_were_not_written_down_differ_from_none() -> None:
    assert changed({}, {"numpy": "2"}) == []
    assert [one.what for one in changed({"a": "1", "b": "1"}, {"b": "1", "c": "1"})] == ["a", "c"]


def test_points_count_and_times_do_not(graded: GradeResult) -> None:
    def with_first(**facts: Any) -> Record:
        first = msgspec.structs.replace(graded.cases[0], **facts)
        return record_of(toy(), graded, cases=(first, *graded.cases[1:]))

    assert differences(with_first(seconds=99.0, message="other"), graded) == []
    assert [one.what for one in differences(with_first(earned=1.5), graded)] == ["case scalar"]
    assert [one.what for one in differences(record_of(toy(), graded, cases=graded.cases[1:]), graded)] == [
        "case scalar"
    ]


def test_the_same_bundle_is_the_same_bytes(made: Make) -> None:
    one, other = made(), made()
    assert one.read_bytes() == other.read_bytes()
    assert read_file(one).source == HALF


def good(**files: bytes | None) -> dict[str, bytes]:
    """The members of a bundle, with some replaced or left out."""
    facts = json.loads(msgspec.json.encode(record_of(toy(), BLANK)))
    content = {RECORD: json.dumps(facts).encode(), SOURCE: b"x", EVENTS: b"{}\n", PACKAGE: toy().archive()}
    return {name: data for name, data in {**content, **files}.items() if data is not None}


def told(**changes: Any) -> dict[str, bytes]:
    facts = json.loads(msgspec.json.encode(record_of(toy(), BLANK)))
    return good(**{RECORD: json.dumps({**facts, **changes}).encode()})


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (good(**{RECORD: None}), "expected the member bundle.json"),
        (good(**{SOURCE: None}), "expected the member source.py"),
        (good(**{EVENTS: None}), "expected the member events.jsonl"),
        (good(**{PACKAGE: None, "more": b""}), "'more'"),
        (good(**{RECORD: b"{}"}), "bundle.json"),
        (good(**{RECORD: b"[" * 100_000}), "bundle.json"),
        (good(**{EVENTS: b"[]"}), "events.jsonl, line 1"),
        (good(**{EVENTS: b"{}\n{"}), "events.jsonl, line 2"),
        (good(**{EVENTS: b'{"a":' * 50_000}), "events.jsonl, line 1"),
        (good(**{SOURCE: bytes(MAX_TEXT + 1)}), "source.py: expected at most"),
        (good(**{PACKAGE: b"no tar"}), "package.tar"),
        (good(**{PACKAGE: pack({"SLUG": b"toy"})}), "package.tar"),
        (good(**{PACKAGE: toy(review_md="Another.").archive()}), "received another"),
        (told(format=2), "format"),
        (told(verdict="splendid"), "verdict"),
        (told(seed=-1), "seed"),
        (told(seed=1 << 63), "seed"),
        (told(challenge="../etc"), "challenge"),
        (told(proof="0" * 64), "proof"),
        (told(surprise=1), "surprise"),
        (told(score=None), "score"),
        (told(cases=[{"type": "case"}]), "cases"),
    ],
)
def test_a_broken_bundle_is_refused(files: dict[str, bytes], message: str) -> None:
    with pytest.raises(BundleError, match=message):
        read(pack(files))


def test_a_bundle_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(MAX_BUNDLE + 1)
    with pytest.raises(BundleError, match="at most"):
        read_file(large)


@pytest.mark.parametrize("name", ["nothing", ""])
def test_what_is_no_file_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="expected a file"):
        read_file(tmp_path / name)


def test_a_broken_bundle_is_said_in_one_line_and_nothing_is_graded(tmp_path: Path, monkeypatch, capsys) -> None:
    path = tmp_path / "evil\x1b[2J.tar"
    path.write_bytes(pack(good(**{RECORD: b'{"format": "\x1b"}'})))
    monkeypatch.setattr("sys.argv", ["grader", "replay", str(path)])
    with pytest.raises(SystemExit) as ended:
        app.main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert "\x1b" not in said.err


def test_the_engine_names_the_project_s_version() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION == surroundings("keras3")["gradetape"]
