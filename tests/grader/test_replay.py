"""The replay stage: what a probe hands over is looked at again without the candidate's code."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from grader.artifacts import MAX_BYTES, MAX_FILES, ArtifactRefused, Artifacts
from grader.exceptions import PackageError
from grader.inside import archives
from grader.inside.parcel import Parcel
from grader.model import GradeResult, Verdict
from tests.grader.replayed import REFERENCE, replayed


def outcomes(result: GradeResult) -> dict[str, str]:
    return {case.case: str(case.outcome) for case in result.cases}


def messages(result: GradeResult) -> dict[str, str | None]:
    return {case.case: case.message for case in result.cases}


def test_what_is_handed_over_is_replayed_for_both_sides(grade) -> None:
    result = grade(replayed(), REFERENCE)
    assert (result.verdict, result.score) == (Verdict.ACCEPTED, 100)


def test_a_wrong_artifact_fails_its_cases_and_no_other(grade) -> None:
    result = grade(replayed(), REFERENCE.replace("np.float32(2)", "np.float32(3)"))
    assert outcomes(result) == {"same_replay": "failed", "saved": "failed", "after": "passed"}
    assert "replay.output" in (messages(result)["same_replay"] or "")


def test_data_for_the_replay_are_not_in_the_candidates_jail(grade) -> None:
    reading = """
import gc, sys
import numpy as np
def double(x): return x * 2
def save(folder):
    from grader.inside.runner import Runner
    (runner,) = [one for one in gc.get_objects() if isinstance(one, Runner)]
    assert list(runner._prepared) == ["ceiling"], "held out data are here"
    assert b"held_out" not in runner._load.prepared
    assert "replays" not in sys.modules
    np.savez(folder / "factor.npz", factor=np.float32(2))
"""
    assert grade(replayed(), reading).verdict is Verdict.ACCEPTED


def test_what_cannot_be_used_afterwards_is_said_in_full_for_samples_and_in_kind_for_hidden_cases(grade) -> None:
    result = grade(replayed(), REFERENCE.replace('"factor.npz"', '"other.npz"'))
    assert outcomes(result) == {"same_replay": "error", "saved": "error", "after": "passed"}
    told = messages(result)
    assert "FileNotFoundError" in (told["same_replay"] or "")
    assert told["saved"] == "What was handed over could not be used afterwards, in a process without your code."


def test_a_replay_that_never_ends_costs_its_own_cases(grade) -> None:
    package = replayed()
    text = package.text("replays.py").replace(
        "    with np.load", "    while held_out is not None: pass\n    with np.load"
    )
    alike = package.with_files({"replays.py": text.encode()})
    assert grade(alike, REFERENCE).verdict is Verdict.JUDGE_ERROR  # the reference's replay does not end either
    only_theirs = text.replace("while held_out is not None", "while (artifacts / 'model' / 'endless').exists()")
    endless = REFERENCE.replace("np.savez", '(folder / "endless").touch(); np.savez')
    result = grade(package.with_files({"replays.py": only_theirs.encode()}), endless)
    assert outcomes(result) == {"same_replay": "time_limit", "saved": "time_limit", "after": "passed"}


def test_replays_that_cannot_be_imported_are_the_platforms_fault(grade) -> None:
    assert grade(replayed(replays_py="import nowhere\n"), REFERENCE).verdict is Verdict.JUDGE_ERROR


def test_a_package_has_replays_if_a_case_says_so() -> None:
    package = replayed()
    without = {name: content for name, content in package.files.items() if name != "replays.py"}
    with pytest.raises(PackageError, match=r"replays\.py"):
        type(package)("replayed", without)
    with pytest.raises(PackageError, match="like the other cases"):
        replayed(challenge_toml=package.text("challenge.toml").replace("replay = true\nsample", "sample"))


def link(folder: Path) -> None:
    (folder / "one").symlink_to("/etc/passwd")


def hard_link(folder: Path) -> None:
    (folder / "other").write_bytes(b"x")
    os.link(folder / "other", folder / "one")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (link, "a symbolic link"),
        (lambda folder: os.mkfifo(folder / "one"), "a pipe"),
        (hard_link, "2 hard links"),
        (lambda folder: (folder / "one file").touch(), "a relative name"),
        (lambda folder: [(folder / f"f{i}").touch() for i in range(MAX_FILES + 1)], f"at most {MAX_FILES} files"),
        (lambda folder: os.truncate(os.open(folder / "one", os.O_CREAT | os.O_RDWR), MAX_BYTES + 1), "32 MiB"),
        (lambda folder: [(folder / n).write_bytes(bytes(MAX_BYTES // 2 + 1)) for n in "ab"], "32 MiB in all"),
    ],
)
def test_only_regular_files_within_limits_are_handed_over(tmp_path: Path, make, said: str) -> None:
    make(tmp_path)
    with pytest.raises(ArtifactRefused, match=said):
        list(Parcel().files(tmp_path, "model"))


def test_a_link_to_a_folder_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc")
    with pytest.raises(ArtifactRefused, match="a symbolic link"):
        list(Parcel().files(tmp_path / "link", "model"))


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../b", "a//b", ".hidden", "", "a\0b", "a" * 201])
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(ArtifactRefused, match="relative name"):
        Artifacts().add(name, b"")


def archive(folder: Path, members: dict[str, bytes], **attributes: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in attributes.items():
                setattr(info, key, value)
            file.writestr(info, content)
    (folder / "model.keras").write_bytes(buffer.getvalue())


@pytest.mark.parametrize(
    ("members", "attributes", "said"),
    [
        ({"../x": b""}, {}, "plain members"),
        ({"/etc/x": b""}, {}, "plain members"),
        ({"a\\..\\..\\x": b""}, {}, "plain members"),
        ({"link": b"/etc/passwd"}, {"external_attr": 0o120777 << 16}, "plain members"),
        ({str(i): b"" for i in range(archives.MAX_MEMBERS + 1)}, {}, "members"),
        ({str(i): bytes(archives.MAX_UNPACKED // 2) for i in range(3)}, {}, "unpacked"),
    ],
)
def test_archives_are_examined_before_they_are_unpacked(tmp_path: Path, members, attributes, said: str) -> None:
    archive(tmp_path, members, **attributes)
    with pytest.raises(ArtifactRefused, match=said):
        archives.examine(tmp_path)


def test_an_honest_archive_passes(tmp_path: Path) -> None:
    archive(tmp_path, {"config.json": b"{}", "assets/words.txt": b"a"})
    archives.examine(tmp_path)
