"""Stories: their ids, and what the teller does when Redis forgets or is away."""

import pytest
from support import expire, finish, result_of

from gradetape import broker
from gradetape.submissions import attempts, sweeper
from gradetape.submissions.models import Submission
from gradetape.submissions.story import BEGINNING, EventId, look, stream_key
from gradetape.submissions.teller import CUT_WORDS, NOISY_CHARACTERS, NOISY_EVENTS, Teller

pytestmark = pytest.mark.django_db(transaction=True)


def told(submission: Submission, after: EventId = BEGINNING) -> list[str]:
    snapshot = look(submission.pk, after)
    assert snapshot
    return [f"{event.id} {event.type}" for event in snapshot.events]


@pytest.fixture
def graded(send, take, ana):
    """A submission under way, and its teller after three events."""
    submission = send(ana)
    claim = take(submission)
    teller = Teller(submission.pk, claim.attempt)
    for case in ("two", "three", "nothing"):
        teller.tell("case_started", {"case": case})
    return submission, claim, teller


@pytest.mark.parametrize("text", ["", "x", "1", "1-x", "-1-2", "1-2-3", "\u0663-1", "$"])
def test_an_id_that_is_none_means_the_beginning(text):
    assert EventId.parse(text) == BEGINNING


def test_ids_are_compared_as_two_numbers():
    assert EventId.parse("2-1") > EventId.parse("1-10") > EventId.parse("1-9")


def test_a_latecomer_is_told_everything(graded):
    assert told(graded[0]) == ["0-1 queued", "1-1 case_started", "1-2 case_started", "1-3 case_started"]


def test_whoever_comes_back_is_told_the_rest(graded):
    assert told(graded[0], EventId(1, 2)) == ["1-3 case_started"]


def test_the_story_is_the_same_under_way_and_afterwards(graded):
    submission, claim, teller = graded
    before = told(submission)
    attempts.finish(claim=claim, result=result_of(submission), teller=teller)
    broker.client().flushall()
    assert told(submission) == [*before, "1-4 finished"]


def test_what_redis_lost_is_told_again(graded):
    submission, _, teller = graded
    broker.client().flushall()
    teller.tell("case_started", {"case": "again"})
    assert told(submission)[-4:] == [f"1-{number} case_started" for number in range(1, 5)]
    assert broker.client().xlen(stream_key(submission.pk)) == 5


def test_what_happens_while_redis_is_away_is_told_when_it_is_back(graded, redis_process):
    submission, _, teller = graded
    redis_process.stop()
    try:
        teller.tell("case_started", {"case": "meanwhile"})
    finally:
        redis_process.start()
    teller.send(last=True)
    assert told(submission)[-1] == "1-4 case_started"


def test_a_worker_that_lost_its_attempt_can_not_tell_on(graded, take):
    submission, _, late = graded
    expire(submission)
    sweeper.reclaim_expired()
    late.tell("case", {"case": "ghost"})
    assert late.fenced
    Teller(submission.pk, take(submission).attempt).tell("started", {})
    late.tell("case", {"case": "ghost"})
    assert told(submission)[-2:] == ["1-2147483648 restarted", "2-1 started"]


def test_a_viewer_of_the_first_attempt_is_told_of_the_restart_from_the_database_alone(graded, take):
    submission, _, _ = graded
    expire(submission)
    sweeper.reclaim_expired()
    finish(take(submission))
    broker.client().flushall()
    assert told(submission, EventId(1, 2)) == ["1-2147483648 restarted", "2-1 finished"]


def test_noise_has_a_bound_and_cases_get_through(graded):
    _, _, teller = graded
    teller._quiet_until = float("inf")
    for step in range(NOISY_EVENTS + 50):
        teller.tell("progress", {"case": "two", "values": {"step": step}})
    teller.tell("case", {"case": "two"})
    assert len(teller.events) == 3 + NOISY_EVENTS + 2
    assert teller.events[-1].type == "case"


def test_what_was_cut_is_said_once_and_in_its_place(graded):
    _, _, teller = graded
    teller._quiet_until = float("inf")
    for _ in range(3):
        teller.tell("output", {"stream": "stdout", "text": "a" * (NOISY_CHARACTERS // 2), "case": "two"})
    teller.tell("output", {"stream": "stdout", "text": "lost", "case": "three"})
    kept, cut = teller.events[3:]
    assert not kept.values().get("cut")
    assert cut.values() == {"stream": "stderr", "text": CUT_WORDS, "case": "two", "cut": True}


def test_streams_do_not_stay_forever(graded):
    submission, claim, _ = graded
    assert 0 < broker.client().ttl(stream_key(submission.pk)) <= 24 * 3600
    finish(claim)
    assert 0 < broker.client().ttl(stream_key(submission.pk)) <= 3600


def test_one_that_waits_knows_its_place(send, ana, bob):
    send(ana)
    second = look(send(bob).pk)
    assert second
    assert second.place() == {"position": 2, "ahead": 1}
