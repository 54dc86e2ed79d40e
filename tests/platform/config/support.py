"""What the platform's tests share besides fixtures: a small challenge, and the processes of an installation."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from fake_engine import TIMINGS

from grader.events import CaseFinished
from grader.model import GradeResult, Outcome, Verdict
from gradetape import broker
from gradetape.accounts.models import User
from gradetape.fleet.presence import WORKERS, live_workers
from gradetape.submissions import attempts
from gradetape.submissions.models import Submission
from gradetape.submissions.teller import Teller

ROOT = Path(__file__).resolve().parent.parent.parent.parent
MANIFEST = """
title = "Doubling"
summary = "Double a number."
kind = "coding"
difficulty = "easy"
topics = ["numbers", "warm-up"]
runtime = "keras3"
minutes = 10
[[contract]]
name = "double"
kind = "function"
[[parts]]
id = "basics"
title = "The basics"
[[parts]]
id = "edges"
title = "The edges"
[[cases]]
id = "two"
part = "basics"
points = 40
sample = true
title = "Two"
hint = "sample-hint: add it to itself"
[[cases]]
id = "three"
part = "basics"
points = 35
title = "Three"
hint = "planted-hint-three"
[[cases]]
id = "nothing"
part = "edges"
points = 25
title = "Nothing"
hint = "planted-hint-nothing"
"""


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"still not so after {seconds} s"
        time.sleep(0.05)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def result_of(submission: Submission, **changes: object) -> GradeResult:
    cases = tuple(
        CaseFinished(
            case=case["id"], part=case["part"], title=case["title"], points=case["points"], earned=case["points"],
            outcome=Outcome.PASSED, sample=case["sample"],
        )
        for case in submission.version.cases
    )  # fmt: skip
    facts = {
        "challenge": "doubling",
        "version": submission.version.digest,
        "seed": 1,
        "verdict": Verdict.ACCEPTED,
        "score": 100.0,
        "cases": cases,
        "message": None,
        "line": None,
        "output": {"stdout": "", "stderr": ""},
        "timings": TIMINGS,
    }
    return GradeResult(**{**facts, **changes})


def finish(claim: attempts.Claim, **changes: object) -> bool:
    teller = Teller(claim.submission.pk, claim.attempt)
    return attempts.finish(claim=claim, result=result_of(claim.submission, **changes), teller=teller)


def expire(submission: Submission) -> None:
    Submission.objects.filter(pk=submission.pk).update(lease=timezone.now() - timedelta(seconds=1))


class RedisProcess:
    """A redis-server that can be stopped and started again, with what it wrote to its append-only file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = urlsplit(settings.REDIS_URL)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is not installed"
        options = ["--port", str(self.address.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", ""]
        options += ["--appendonly", "yes", "--appendfsync", "everysec", "--requirepass", self.address.password or ""]
        self.process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        wait_until(self.answers)

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def answers(self) -> bool:
        try:
            return bool(broker.client().ping())
        except redis.RedisError:
            return False


def environment(**changes: str) -> dict[str, str]:
    """The environment of a process of this installation, on the database under test."""
    paths = [ROOT, ROOT / "platform", ROOT / "tests/platform/config"]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, paths)),
        "DJANGO_SETTINGS_MODULE": "settings_for_tests",
        "TESTED_DATABASE": str(connection.settings_dict["NAME"]),
        **changes,
    }


class Process:
    """A process of the installation, in a process group of its own; what it says goes to `log`, if there is one."""

    def __init__(self, *arguments: str, log: Path | None = None, **changes: str) -> None:
        command = [sys.executable, "-m", *arguments]
        with (log or Path(os.devnull)).open("ab") as file:
            said = {"stdout": file, "stderr": file} if log else {}
            self.process = subprocess.Popen(
                command, env=environment(**changes), cwd=ROOT, start_new_session=True, **said
            )

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def stop(self, signal: int = 15) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, signal)
        self.process.wait(timeout=30)

    def kill_all(self) -> None:
        """As when the machine goes: the process and all that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, 9)
        self.process.wait(timeout=30)


def start_worker(*, slots: int = 2, name: str = "w", log: Path | None = None, **changes: str) -> Process:
    """A worker that is ready to grade."""
    hostname = f"{name}@here"
    broker.client().hdel(WORKERS, hostname)
    options = ("-n", hostname, "-c", str(slots), "--without-gossip", "--without-mingle", "-l", "WARNING")
    process = Process("celery", "-A", "gradetape", "worker", *options, log=log, **changes)
    wait_until(lambda: process.ended or hostname in {worker.hostname for worker in live_workers()}, 90)
    assert not process.ended, "the worker ended while it started"
    return process
