"""What lies in Redis may go at any time: a submission is a row before it is a message."""

import os
import time

import pytest
from django.db import connection
from invariants import CROWD, assert_none_lost_none_doubled, await_all, finished, running
from support import wait_until

from gradetape import broker
from gradetape.submissions import actions
from gradetape.submissions.models import Submission

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(280)]


def die(*_: object, **__: object) -> None:
    os._exit(9)


@pytest.mark.parametrize("moment", ["announce", "ring"])
def test_the_web_dies_between_commit_and_publish(workers, crowd, moment, monkeypatch):
    count = CROWD // 2
    monkeypatch.setattr(actions if moment == "announce" else actions.doorbell, moment, die)
    for _ in range(count):
        connection.close()
        web = os.fork()
        if web == 0:
            crowd("pass", 1)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(web, 0)[1]) == 9
    monkeypatch.undo()
    sent = list(Submission.objects.all())
    assert broker.client().llen("submissions") == 0
    workers()
    await_all(sent)
    assert_none_lost_none_doubled(sent, count=count)


def test_redis_is_killed_and_comes_back(workers, crowd, redis_process):
    workers()
    sent = crowd("pause 0.05", CROWD - 5)
    for goal in (5, 15):
        wait_until(lambda goal=goal: finished() >= goal and running(), 60)
        redis_process.stop()
        if goal == 15:
            sent += crowd("pass", 5)
            time.sleep(2)  # long enough to be missed by everybody
        redis_process.start()
    await_all(sent)
    assert_none_lost_none_doubled(sent)


def test_redis_forgets_everything(workers, crowd):
    workers()
    sent = crowd("pause 0.05")
    for goal in (5, 15):
        wait_until(lambda goal=goal: finished() >= goal and running(), 60)
        broker.client().flushall()
    await_all(sent)
    assert_none_lost_none_doubled(sent)
