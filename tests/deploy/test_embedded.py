"""`make run` as a person uses it: started, used, stopped, started again, killed, started once more."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from deploy.embedded import Place
from deploy.environment import ROOT
from deploy.health import ask
from deploy.ports import free_port
from deploy.processes import MARK, leftovers
from deploy.smoke import Visitor, sign_up, submit

PATIENCE = 120


@dataclass
class Launcher:
    """A launcher of its own installation, and what it has printed so far."""

    var: Path
    process: subprocess.Popen[str]
    printed: str = ""

    @classmethod
    def start(cls, var: Path) -> "Launcher":
        env = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DJANGO_SETTINGS_MODULE", "SECRET_KEY", MARK)
        }
        env |= {"GRADETAPE_VAR": str(var), "PORT": str(free_port("127.0.0.1", 18000)), "GRADETAPE_SLOTS": "1"}
        command = [sys.executable, "-m", "deploy.embedded"]
        return cls(
            var,
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                text=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            ),
        )

    def wait_until_ready(self) -> "Launcher":
        """Read until the panel with the address is whole."""
        assert self.process.stdout is not None
        while "╯" not in self.printed:
            line = self.process.stdout.readline()
            assert line, f"it ended while starting:\n{self.printed}"
            self.printed += line
        return self

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=PATIENCE)
        self.printed += rest
        return self.process.returncode

    @property
    def address(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+/", self.printed.split("GradeTape is running:")[1])
        assert found
        return found.group()

    def left(self) -> list[psutil.Process]:
        """Processes that carry the installation's mark or name its folder."""
        named = [each for each in psutil.process_iter() if str(self.var) in " ".join(_arguments(each))]
        return leftovers(self.var) + named


def _arguments(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installation") / "var"


@pytest.fixture(scope="module")
def first(var: Path) -> Iterator[Launcher]:
    launcher = Launcher.start(var).wait_until_ready()
    yield launcher
    if launcher.process.poll() is None:
        launcher.end(signal.SIGTERM)


@pytest.mark.slow
class TestLife:
    """One installation's life; the tests are its stations and run in this order."""

    def test_the_address_answers_and_all_parts_are_well(self, first: Launcher) -> None:
        assert ask(f"{first.address}healthz") == (True, "")
        with urllib.request.urlopen(first.address) as page:
            assert page.status == 200

    def test_the_accounts_stand_beside_the_address(self, first: Launcher) -> None:
        panel = first.printed[first.printed.index("╭") :]
        for role in ("Candidate", "Interviewer", "Author", "Administrator"):
            assert re.search(rf"{role} +\S+@\S+ +\S{{12,}}", panel)

    def test_what_it_keeps_is_nobody_elses_to_read(self, first: Launcher) -> None:
        assert first.var.stat().st_mode & 0o777 == 0o700
        assert (first.var / "secrets.env").stat().st_mode & 0o777 == 0o600

    def test_a_second_launcher_names_the_first_ones_address(self, first: Launcher) -> None:
        second = Launcher.start(first.var)
        said, _ = second.process.communicate(timeout=PATIENCE)
        assert second.process.returncode == 1
        assert f"already running here: {first.address}" in said

    def test_ctrl_c_ends_everything_after_what_is_being_graded(self, first: Launcher) -> None:
        candidate = Visitor(first.address)
        sign_up(candidate)
        address = submit(candidate, "custom-layer", before="import time\ntime.sleep(4)\n")
        deadline = time.monotonic() + PATIENCE
        while candidate.json(f"{address}state/")["state"] == "queued" and time.monotonic() < deadline:
            time.sleep(0.1)
        assert first.end(signal.SIGINT) == 0
        assert "your data is in var/" in first.printed
        assert first.left() == []
        with closing(sqlite3.connect(first.var / "db.sqlite3")) as database:
            rows = database.execute("SELECT state, verdict, attempt FROM submissions_submission").fetchall()
        assert rows == [("finished", "accepted", 1)]
        assert "Traceback" not in first.printed
        assert "WorkerLost" not in first.printed

    def test_a_launcher_that_is_killed_takes_its_parts_along_and_the_next_start_keeps_the_data(self, var: Path) -> None:
        killed = Launcher.start(var).wait_until_ready()
        assert not re.search(r"Candidate +\S+@\S+ +\S{12,}", killed.printed), "passwords are shown once"
        killed.process.kill()
        killed.process.communicate(timeout=PATIENCE)
        again = Launcher.start(var).wait_until_ready()
        assert ask(f"{again.address}healthz") == (True, "")
        assert again.end(signal.SIGTERM) == 0
        assert again.left() == []

    def test_a_part_that_dies_ends_the_rest(self, var: Path) -> None:
        launcher = Launcher.start(var).wait_until_ready()
        web = next(each for each in leftovers(var) if "uvicorn" in " ".join(_arguments(each)))
        web.kill()
        said, _ = launcher.process.communicate(timeout=PATIENCE)
        assert launcher.process.returncode == 1
        assert "stopped by itself" in said
        deadline = time.monotonic() + 5
        while launcher.left() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert launcher.left() == []


def test_an_installation_that_listens_everywhere_is_found_under_its_own_names(tmp_path: Path) -> None:
    place = Place("0.0.0.0", 8000, tmp_path)
    assert place.address == "http://127.0.0.1:8000/"
    assert {"localhost", "127.0.0.1"} <= set(place.names())
    assert "0.0.0.0" not in place.names()


def test_an_installation_is_asked_under_loopback_names_only_by_default(tmp_path: Path) -> None:
    assert Place("127.0.0.1", 8000, tmp_path).names() == ["127.0.0.1", "[::1]", "localhost"]
