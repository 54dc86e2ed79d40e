"""Zygotes: what they hold, what happens when one dies, and who may talk to them."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from grader.engine import Engine
from grader.exceptions import ZygoteUnavailable
from grader.host import EngineHost
from grader.model import GradeRequest, Verdict
from grader.package import REPOSITORY
from grader.zygote.client import Spawned, socket_path
from tests.grader.toy import REFERENCE, toy


@pytest.fixture
def host(tmp_path: Path):
    with EngineHost(tmp_path / "run", tmp_path / "cache") as host:
        yield host


def test_a_zygote_that_was_killed_is_started_again(host, tmp_path) -> None:
    first = host.pids()["keras3"]
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 120
    while host.pids()["keras3"] == first or not socket_path(host.run_dir, "keras3").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with Engine(host.run_dir, tmp_path / "cache", 91) as engine:
        assert engine.grade(GradeRequest(toy(), REFERENCE.encode(), 1)).verdict is Verdict.ACCEPTED


def test_its_socket_is_for_its_own_user_alone(host) -> None:
    assert stat.S_IMODE(host.run_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(socket_path(host.run_dir, "keras3").stat().st_mode) == 0o600


def test_it_holds_no_secret_and_one_thread(host) -> None:
    proc = Path(f"/proc/{host.pids()['keras3']}")
    environment = {entry.split(b"=")[0] for entry in (proc / "environ").read_bytes().split(b"\0") if entry}
    assert not environment & {b"SECRET_KEY", b"DATABASE_URL", b"REDIS_URL"}
    assert len(list((proc / "task").iterdir())) == 1


def test_it_ends_with_its_host(tmp_path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from grader.host import EngineHost\n"
        f"host = EngineHost(Path({str(tmp_path)!r})); host.start(); print(host.pids()['keras3'], flush=True)\n"
        "time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        zygote = int(process.stdout.readline())
        process.kill()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{zygote}/exe").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{zygote}/exe").exists()


def test_without_a_host_grading_is_a_judge_error(tmp_path) -> None:
    with Engine(tmp_path, tmp_path / "cache", 92) as engine:
        result = engine.grade(GradeRequest(toy(), REFERENCE.encode(), 1))
    assert result.verdict is Verdict.JUDGE_ERROR


def test_a_missing_zygote_is_named(tmp_path) -> None:
    with pytest.raises(ZygoteUnavailable, match="is the engine's host running"):
        Spawned(tmp_path, "keras3", None, [], None)  # type: ignore[arg-type]


def test_jails_in_reserve_outlive_the_thread_that_graded(host, tmp_path) -> None:
    verdicts = []
    with Engine(host.run_dir, tmp_path / "cache", 93) as engine:
        for _ in range(3):
            thread = threading.Thread(
                target=lambda: verdicts.append(engine.grade(GradeRequest(toy(), REFERENCE.encode(), 1)).verdict)
            )
            thread.start()
            thread.join()
            waiting = engine.reserve.pids()
            time.sleep(0.3)
            assert waiting
            assert all(Path(f"/proc/{pid}").exists() for pid in waiting)
    assert verdicts == [Verdict.ACCEPTED] * 3
