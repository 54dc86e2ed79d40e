"""The real engine, whose zygote is killed again and again while it grades."""

import os
import signal

import psutil
import pytest
from django.conf import settings
from invariants import assert_none_lost_none_doubled, await_all, finished, running
from support import Process, wait_until

from grader.host import EngineHost
from grader.package import Package
from gradetape.catalog.actions import publish
from gradetape.submissions.models import Attempt, Ending, State, Submission

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(290)]
PROBES = """
from grader.probing import probe


@probe("two")
def two(solution, rng):
    return solution.double(2)


@probe("three")
def three(solution, rng):
    return solution.double(3)


@probe("nothing")
def nothing(solution, rng):
    return solution.double(0)
"""
REAL = {"TESTED_ENGINE": "real", "WORKER_RUNTIMES": "keras3"}
SOLUTION = "def double(x):\n    return 2 * x\n"


@pytest.fixture
def version(db, tiny):
    """A challenge that a real engine can grade, in the place of the one that has no probes."""
    package = tiny()
    code = {"probes.py": PROBES.encode(), "reference.py": SOLUTION.encode()}
    plain = {name: content for name, content in package.files.items() if name not in {"checks.py"}}
    return publish(package=Package(package.slug, {**plain, **code})).version


def zygote(worker: Process) -> psutil.Process:
    """The worker's own child; what is forked from it comes and goes."""
    children = psutil.Process(worker.process.pid).children()
    return next(child for child in children if "grader.zygote" in child.cmdline())


def test_the_zygote_is_killed_while_it_serves(workers, crowd):
    worker = workers(**REAL)
    sent = crowd(SOLUTION)
    for goal in (6, 18, 30):
        wait_until(lambda goal=goal: finished() >= goal and running(), 120)
        victim = zygote(worker)
        victim.kill()
        victim.wait(30)
        wait_until(lambda: EngineHost.answers(settings.ENGINE_RUN_DIR, "keras3"), 120)
    await_all(sent)
    assert_none_lost_none_doubled(sent)


def test_a_real_grading_finishes_before_its_worker_leaves(workers, crowd):
    """The zygote has to outlive the pool."""
    worker = workers("leaves", **REAL)
    sent = crowd("import time\ntime.sleep(3)\n" + SOLUTION, 4)
    wait_until(lambda: running() == 2, 60)
    os.killpg(worker.process.pid, signal.SIGTERM)
    assert worker.process.wait(timeout=100) == 0
    assert Submission.objects.filter(state=State.FINISHED).count() == 2
    assert Attempt.objects.exclude(ending=Ending.FINISHED).count() == 0
    workers("next", **REAL)
    await_all(sent)
    assert_none_lost_none_doubled(sent, count=4)
    assert Attempt.objects.count() == 4
