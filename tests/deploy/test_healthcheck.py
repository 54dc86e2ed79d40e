"""What a container asks itself."""

import os
import time
from pathlib import Path

from deploy.healthcheck import FRESH, is_fresh, main


def test_a_note_that_was_just_written_is_well(tmp_path: Path) -> None:
    (tmp_path / "beat").touch()
    assert is_fresh(tmp_path / "beat")
    assert main(str(tmp_path / "beat")) == 0


def test_an_old_note_is_not_well(tmp_path: Path) -> None:
    (tmp_path / "beat").touch()
    before = time.time() - FRESH - 1
    os.utime(tmp_path / "beat", (before, before))
    assert main(str(tmp_path / "beat")) == 1


def test_no_note_and_no_answer_are_not_well(tmp_path: Path) -> None:
    assert main(str(tmp_path / "beat")) == 1
    assert main("http://127.0.0.1:1/healthz") == 1
