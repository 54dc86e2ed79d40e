"""Workers that die, in part or whole, or sleep: fifty submissions each, none lost, none graded twice."""

import os
import signal

import psutil
import pytest
from invariants import assert_none_lost_none_doubled, await_all, finished, running
from support import Process, wait_until

from gradetape.submissions import doorbell
from gradetape.submissions.models import Attempt, Ending, Submission

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(280)]


def family(worker: Process) -> list[psutil.Process]:
    main = psutil.Process(worker.process.pid)
    return [main, *main.children(recursive=True)]


def test_every_grading_loses_its_pool_process(workers, crowd):
    workers()
    sent = crowd(lambda number: f"die once {number}")
    await_all(sent)
    assert_none_lost_none_doubled(sent)
    assert Attempt.objects.filter(ending=Ending.LOST).count() == len(sent)


def test_the_machine_goes_three_times(workers, crowd):
    worker = workers()
    sent = crowd("pause 0.1")
    for goal in (8, 16, 24):
        wait_until(lambda goal=goal: finished() >= goal and running(), 60)
        worker.kill_all()
        worker = workers()
    await_all(sent)
    assert_none_lost_none_doubled(sent)
    assert Attempt.objects.filter(ending=Ending.LOST).exists()


def test_the_worker_goes_and_leaves_its_pool_behind(workers, crowd):
    worker = workers()
    sent = crowd("pause 0.1")
    wait_until(lambda: finished() >= 10 and running(), 60)
    pool = family(worker)[1:]
    os.kill(worker.process.pid, signal.SIGKILL)
    worker.process.wait()
    workers("second")
    await_all(sent)
    assert_none_lost_none_doubled(sent)
    psutil.wait_procs(pool, timeout=60)
    assert not [process for process in pool if process.is_running()]


def test_a_worker_sleeps_past_its_leases_and_wakes_up(workers, crowd):
    sleeper = workers("sleeper")
    sent = crowd("pause 0.1")
    wait_until(lambda: running() == 2, 60)
    asleep = family(sleeper)
    for process in asleep:
        process.send_signal(signal.SIGSTOP)
    other = workers("other")
    await_all(sent)
    other.kill_all()
    for process in asleep:
        process.send_signal(signal.SIGCONT)
    # What it grades now shows that it is through with what it was at when it fell asleep.
    later = crowd("pass", 10)
    await_all(later)
    assert_none_lost_none_doubled(sent)
    assert_none_lost_none_doubled(later, count=10)
    assert Attempt.objects.filter(worker="sleeper@here", ending=Ending.LOST).count() == 2


def test_submissions_that_kill_their_worker_each_time_become_our_fault(workers, crowd, said):
    workers()
    sent = crowd("die")
    honest = crowd("pass", 5)
    await_all(sent + honest)
    assert_none_lost_none_doubled(sent, "judge_error")
    assert_none_lost_none_doubled(honest, count=5)
    assert {submission.attempt for submission in sent} == {3}
    assert not Submission.objects.graded().exclude(pk__in=[submission.pk for submission in honest]).exists()
    assert said("submission not graded") == len(sent)


def test_every_message_comes_three_times_to_two_workers(workers, crowd):
    sent = crowd("pass")
    for _ in range(2):
        for submission in sent:
            doorbell.ring(submission_id=submission.pk, queue=submission.queue)
    workers("first"), workers("second")
    await_all(sent)
    wait_until(lambda: doorbell.waiting("submissions") == 0, 60)
    assert_none_lost_none_doubled(sent)
    assert {submission.attempt for submission in sent} == {1}
