"""The environment is made again exactly when its lock or its interpreter changed."""

from pathlib import Path

import pytest

from deploy import environment
from deploy.environment import STAMP, ensure_environment, held_sets, lock_digest
from deploy.exceptions import SetupError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose environment holds the worker's set as it is locked."""
    (tmp_path / "requirements").mkdir()
    for name in environment.SETS:
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"# {name}\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    digest = lock_digest(tmp_path / "requirements", "worker")
    (tmp_path / ".venv" / STAMP).write_text(f"worker {digest}\n")
    return tmp_path


def sets_of(root: Path) -> list[str]:
    return held_sets(root / ".venv", root / "requirements")


def test_a_set_contains_the_smaller_ones(root: Path) -> None:
    assert sets_of(root) == ["web", "worker"]


def test_an_environment_that_is_up_to_date_is_left_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_step", lambda *_: pytest.fail("something was installed"))
    assert ensure_environment("worker", root) == root / ".venv" / "bin" / "python"


def test_a_changed_lock_makes_it_stale(root: Path) -> None:
    (root / "requirements" / "worker.txt").write_text("# changed\n")
    assert sets_of(root) == []


def test_an_environment_whose_making_was_cut_short_is_stale(root: Path) -> None:
    (root / ".venv" / STAMP).unlink()
    assert sets_of(root) == []


def test_a_step_that_fails_says_what_to_look_at(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.sys, "executable", "/bin/false")
    with pytest.raises(SetupError, match="python3-venv"):
        ensure_environment("dev", root)
