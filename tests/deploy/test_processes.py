"""Nothing that the launcher starts, or that those start, is left when it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from deploy.environment import ROOT
from deploy.processes import MARK, end_all, leftovers, start

# A launcher in small: it adopts orphans, starts a process whose grandchild leaves its session and ignores SIGTERM,
# prints that grandchild's pid, and then does what it is told.
LAUNCHER = """
import sys, time
from deploy import processes
processes.adopt_orphans()
processes.start([sys.executable, "-c", sys.argv[2], sys.argv[3]])
if sys.argv[1] == "end":
    sys.stdin.readline()
    print(processes.end_descendants(patience=1), flush=True)
else:
    time.sleep(60)
"""


CHILD = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True)
time.sleep(60)
"""
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
time.sleep(60)
"""


def launcher(wish: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", LAUNCHER, wish, CHILD, STUBBORN]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def gone(pid: int, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_grandchild_that_ignores_sigterm_in_a_session_of_its_own_is_ended() -> None:
    with launcher("end") as running:
        assert running.stdout is not None
        grandchild = int(running.stdout.readline())
        said, _ = running.communicate("now\n", timeout=20)
    assert gone(grandchild)
    assert int(said) >= 1


def test_a_child_is_told_when_the_launcher_is_killed() -> None:
    with launcher("stay") as running:
        assert running.stdout is not None
        grandchild = psutil.Process(int(running.stdout.readline()))
        child = grandchild.parent()
        running.send_signal(signal.SIGKILL)
        running.wait(5)
    assert child is not None
    assert gone(child.pid)
    grandchild.kill()


def test_processes_of_a_killed_start_are_found_by_their_mark(tmp_path: Path) -> None:
    process = start(["sleep", "60"], env={**os.environ, MARK: str(tmp_path)})
    deadline = time.monotonic() + 5
    while not leftovers(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [each.pid for each in leftovers(tmp_path)] == [process.pid]
    assert leftovers(tmp_path / "another") == []
    assert end_all(leftovers(tmp_path)) == 0
    process.wait(5)
    assert gone(process.pid)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_log_keeps_what_earlier_starts_wrote(tmp_path: Path, stream: str) -> None:
    for word in ("first", "second"):
        start([sys.executable, "-c", f"import sys; print('{word}', file=sys.{stream})"], log=tmp_path / "log").wait(10)
    assert (tmp_path / "log").read_text() == "first\nsecond\n"
