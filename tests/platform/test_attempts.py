"""Claims, leases, ends and the sweep: every submission gets one verdict, whoever dies on the way."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from support import expire, finish, result_of

from grader.model import Verdict
from gradetape import broker
from gradetape.submissions import actions, attempts, sweeper
from gradetape.submissions.models import Attempt, CaseResult, Ending, State, Submission, SubmissionEvent
from gradetape.submissions.teller import Teller

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_claim_at_once_and_one_gets_it(send, ana):
    submission = send(ana)
    barrier, claims = threading.Barrier(2), []

    def claim(worker: str) -> None:
        barrier.wait()
        claims.append(attempts.claim(submission_id=submission.pk, worker=worker))
        connection.close()

    threads = [threading.Thread(target=claim, args=(f"w{number}@here",)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claim is not None for claim in claims) == [False, True]
    assert Attempt.objects.count() == 1


def test_a_message_that_comes_twice_is_graded_once(send, take, ana):
    submission = send(ana)
    finish(take(submission))
    assert attempts.claim(submission_id=submission.pk, worker="w2@here") is None


def test_finishing_writes_the_verdict_the_cases_and_the_story(send, take, ana):
    submission = send(ana)
    assert finish(take(submission))
    submission.refresh_from_db()
    assert (submission.state, submission.verdict, submission.score) == (State.FINISHED, "accepted", 100)
    assert [row.case for row in submission.cases.all()] == ["two", "three", "nothing"]
    assert [row.type for row in submission.events.all()] == ["queued", "finished"]
    assert submission.attempts.get().ending == Ending.FINISHED


def test_finishing_twice_writes_once(send, take, ana):
    claim = take(send(ana))
    assert finish(claim)
    assert not finish(claim, score=0.0, verdict=Verdict.WRONG_ANSWER)
    assert Submission.objects.get().score == 100
    assert CaseResult.objects.count() == 3


def test_a_verdict_that_the_database_took_at_the_second_try_is_told_once(send, take, ana, monkeypatch):
    claim = take(send(ana))
    teller = Teller(claim.submission.pk, claim.attempt)
    monkeypatch.setattr(CaseResult.objects, "bulk_create", unavailable)
    with pytest.raises(OperationalError):
        attempts.finish(claim=claim, result=result_of(claim.submission), teller=teller)
    monkeypatch.undo()
    assert attempts.finish(claim=claim, result=result_of(claim.submission), teller=teller)
    assert [row.type for row in SubmissionEvent.objects.all()] == ["queued", "finished"]


def unavailable(*_: object) -> None:
    raise OperationalError("database or disk is full")


def test_a_worker_that_lost_its_lease_writes_nothing(send, take, ana):
    submission = send(ana)
    late = take(submission)
    expire(submission)
    sweeper.reclaim_expired()
    current = take(submission, "w2@here")
    assert not attempts.heartbeat(claim=late)
    assert not finish(late, score=0.0)
    assert finish(current)
    assert [attempt.ending for attempt in Attempt.objects.all()] == [Ending.LOST, Ending.FINISHED]


def test_a_heartbeat_keeps_the_sweeper_away(send, take, ana):
    submission = send(ana)
    claim = take(submission)
    expire(submission)
    assert attempts.heartbeat(claim=claim)
    assert sweeper.reclaim_expired() == 0


def test_after_three_attempts_it_is_our_fault_and_says_so(send, take, ana):
    submission = send(ana)
    for _ in range(3):
        take(submission)
        expire(submission)
        sweeper.reclaim_expired()
    submission.refresh_from_db()
    assert (submission.state, submission.verdict, submission.attempt) == (State.FINISHED, "judge_error", 3)
    assert "Our machines" in submission.message
    assert [row.type for row in submission.events.all()] == ["queued", "restarted", "restarted", "finished"]


def test_a_fault_of_ours_does_not_count_as_a_try_to_solve(send, take, ana):
    take(send(ana))
    Submission.objects.update(state=State.FINISHED, verdict=Verdict.JUDGE_ERROR, score=0)
    assert not Submission.objects.graded().exists()


def test_a_cancelled_submission_is_not_graded(send, take, ana):
    submission = send(ana)
    claim = take(submission)
    actions.cancel(submission=submission)
    assert not finish(claim)
    assert not attempts.heartbeat(claim=claim)
    assert Submission.objects.get().state == State.CANCELLED
    assert broker.client().exists(actions.cancel_key(submission))


def test_a_graded_submission_stays_graded_when_it_is_cancelled(send, take, ana):
    submission = send(ana)
    finish(take(submission))
    assert actions.cancel(submission=submission) == State.FINISHED


def test_a_submission_that_waits_again_can_be_cancelled(send, take, ana):
    submission = send(ana)
    take(submission)
    expire(submission)
    sweeper.reclaim_expired()
    assert actions.cancel(submission=submission) == State.CANCELLED
    assert [row.type for row in SubmissionEvent.objects.all()] == ["queued", "restarted", "cancelled"]


def test_the_sweeper_rings_again_when_redis_lost_the_message(send, ana):
    submission = send(ana)
    broker.client().flushall()
    assert sweeper.ring_again(timezone.now()) == 0
    assert sweeper.ring_again(timezone.now() + timedelta(seconds=6)) == 1
    assert broker.client().llen("submissions") == 1
    assert sweeper.ring_again(submission.created_at + timedelta(seconds=8)) == 0


def test_the_sweeper_is_patient_with_a_long_queue(send, ana):
    send(ana)
    now = timezone.now()
    assert sweeper.ring_again(now + timedelta(seconds=10)) == 0
    assert sweeper.ring_again(now + timedelta(seconds=20)) == 1
    assert sweeper.ring_again(now + timedelta(seconds=40)) == 0


def test_the_sweeper_leaves_alone_what_is_over(send, take, ana):
    finish(take(send(ana)))
    assert sweeper.sweep() == (0, 0)


def test_text_with_nul_characters_is_kept_readable(send, take, ana):
    finish(take(send(ana)), message="a\x00b", output={"stdout": "\x00", "stderr": "\ud800"})
    submission = Submission.objects.get()
    assert (submission.message, submission.output["stdout"]) == ("a\u2400b", "\u2400")
