"""A crowd that submits, the workers that grade it, and a place for what they say."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from invariants import CROWD
from support import Process, start_worker

from gradetape.accounts.models import User
from gradetape.catalog.models import ChallengeVersion
from gradetape.submissions import actions
from gradetape.submissions.models import Kind, Submission


@pytest.fixture(autouse=True)
def fresh_engine() -> None:
    """No breakdown of an earlier test is remembered."""
    shutil.rmtree(settings.ENGINE_RUN_DIR, ignore_errors=True)


@pytest.fixture
def crowd(version: ChallengeVersion, ana: User, settings) -> Callable[..., list[Submission]]:
    """Sends fifty at once: `crowd("pause 0.1")`, `crowd(lambda number: f"die once {number}")`."""
    settings.OPEN_SUBMISSIONS = settings.SUBMISSIONS_A_MINUTE = 10_000

    def send(source: str | Callable[[int], str], count: int = CROWD) -> list[Submission]:
        sources = [source if isinstance(source, str) else source(number) for number in range(count)]
        return [
            actions.submit(candidate=ana, version=version, source=text.encode(), kind=Kind.SUBMIT) for text in sources
        ]

    return send


@pytest.fixture
def beat(version: ChallengeVersion, tmp_path: Path) -> Iterator[Process]:
    process = Process("django", "beat", log=tmp_path / "log")
    yield process
    process.kill_all()


@pytest.fixture
def workers(beat: Process, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts workers: `workers("first")`. None of them is left afterwards."""
    started: list[Process] = []

    def start(name: str = "w", **changes: str) -> Process:
        started.append(start_worker(name=name, log=tmp_path / "log", **changes))
        return started[-1]

    yield start
    for process in started:
        process.kill_all()


@pytest.fixture
def said(tmp_path: Path) -> Callable[[str], int]:
    """How often the processes have said something."""
    return lambda words: (tmp_path / "log").read_text(errors="replace").count(words)
