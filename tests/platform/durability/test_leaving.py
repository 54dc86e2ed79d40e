"""Workers that are asked to go finish what they grade, and leave the rest to the next one."""

import os
import signal

import pytest
from invariants import assert_none_lost_none_doubled, await_all, finished, running
from support import wait_until

from gradetape.submissions.models import Attempt, State, Submission

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(280)]


@pytest.mark.parametrize("whom", ["worker", "group"])
def test_a_deploy_loses_nothing_and_repeats_nothing(workers, crowd, said, whom):
    """Worker after worker is told to go while it grades: the worker alone, or with all its processes."""
    worker = workers("w0")
    sent = crowd("pause 0.15")
    for number, goal in enumerate((8, 16, 24), 1):
        wait_until(lambda goal=goal: finished() >= goal and running(), 60)
        (os.killpg if whom == "group" else os.kill)(worker.process.pid, signal.SIGTERM)
        assert worker.process.wait(timeout=60) == 0
        assert not Submission.objects.filter(state=State.RUNNING).exists()
        worker = workers(f"w{number}")
    await_all(sent)
    assert_none_lost_none_doubled(sent)
    assert Attempt.objects.count() == len(sent)
    # A process of the pool that has taken no task yet goes at once when the whole group is told to: nothing was begun.
    assert whom == "group" or said("Traceback") == said("WorkerLostError") == 0
