"""Webhooks: what is told, signed, repeated and given up, against a real server."""

import hashlib
import hmac
import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from hooking import Receiver, receiving
from interviewing import an_interview, enter, let_pass, link_for, started
from support import Process, finish, wait_until

from gradetape import broker
from gradetape.accounts.models import Role, User
from gradetape.fleet.presence import live_workers
from gradetape.interviews.actions import setup, sit
from gradetape.interviews.models import Interview
from gradetape.submissions import actions as submitting
from gradetape.submissions.models import Kind
from gradetape.webhooks import actions, outbox
from gradetape.webhooks.delivering import GRADING_PATIENCE, JITTER, MOST_TRIES, deliver, wait_after
from gradetape.webhooks.models import MOST_FAILURES, Delivery, Event, Try, Webhook
from gradetape.webhooks.signing import OVERLAP, secret_of, signature

DOCS = Path(__file__).parents[2] / "docs/webhooks.md"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def private_networks(settings):
    """The receivers of these tests are on this machine."""
    settings.WEBHOOKS_PRIVATE = True


@pytest.fixture
def receiver():
    with receiving() as running:
        yield running


@pytest.fixture
def interview(db, version) -> Interview:
    ines = User.objects.create_user("ines@example.org", display_name="Ines", role=Role.INTERVIEWER)
    return an_interview(ines, [version.challenge])


@pytest.fixture
def webhook(interview, receiver: Receiver) -> Webhook:
    return actions.add(interview=interview, url=receiver.url, events=list(Event.values))


def due() -> None:
    """As if the time of the next try had come."""
    Delivery.objects.update(due_at=timezone.now())


def only() -> Delivery:
    return Delivery.objects.get()


def test_starting_is_told_in_a_signed_message(webhook, interview, receiver):
    _, sitting = started(interview)
    deliver(only().pk)
    [came] = receiver.came
    told = json.loads(came.body)
    assert came.path == "/hook?x=1"
    assert (told["event"], told["id"]) == ("sitting.started", str(only().pk))
    assert told["interview"] == {"id": str(interview.pk), "title": "Backend"}
    assert told["sitting"]["id"] == str(sitting.pk)
    assert (told["sitting"]["state"], told["sitting"]["score"]) == ("running", None)
    assert told["candidate"] == {"name": "Cleo", "email": "cleo@example.org"}
    parts = dict(part.split("=") for part in came.headers["gradetape-signature"].split(","))
    digest = hmac.new(secret_of(webhook).encode(), parts["t"].encode() + b"." + came.body, hashlib.sha256)
    assert parts["v1"] == digest.hexdigest()
    assert abs(int(parts["t"]) - timezone.now().timestamp()) < 300
    assert came.headers["content-type"] == "application/json"
    assert (only().state, Try.objects.get().status) == ("delivered", 204)


def test_the_example_of_the_documentation_holds():
    body = b'{"id":"6f2b1c9e-0000-4000-8000-000000000000","event":"ping"}'
    assert (
        signature("gtwh_example", 1700000000, body)
        == "c60ec70018b5dca486992eb2d0f74dbb7cc520309161ad69c2c8647744680fdd"
    )
    assert body.decode() in DOCS.read_text()
    assert signature("gtwh_example", 1700000000, body) in DOCS.read_text()


def test_hidden_names_are_not_told(webhook, interview, receiver):
    Interview.objects.filter(pk=interview.pk).update(hides_names=True)
    started(interview)
    deliver(only().pk)
    assert json.loads(receiver.came[0].body)["candidate"] is None
    assert b"leo" not in receiver.came[0].body


def test_names_that_are_hidden_between_two_tries_are_not_told(webhook, interview, receiver):
    receiver.statuses = [500, 200]
    started(interview)
    deliver(only().pk)
    rules = {"title": "B", "starts_at": None, "ends_at": None, "keep_days": None, "keep_then": "delete"}
    setup.reword(interview=interview, rules={**rules, "hides_names": True})
    due()
    deliver(only().pk)
    assert [b"Cleo" in came.body for came in receiver.came] == [True, False]


def test_only_chosen_events_are_told(interview, receiver, webhook):
    Webhook.objects.update(events=["sitting.finished"])
    _, sitting = started(interview)
    assert not Delivery.objects.exists()
    sit.hand_in(sitting=sitting)
    assert only().event == "sitting.finished"
    sit.hand_in(sitting=sitting)
    assert Delivery.objects.count() == 1


def test_the_end_is_told_with_the_score_once_it_is_known(webhook, interview, receiver, version, take):
    _, sitting = started(interview)
    sent = submitting.submit(candidate=sitting.candidate, version=version, source=b"x", kind=Kind.SUBMIT)
    Delivery.objects.all().delete()
    let_pass(sitting, hours=2)
    sit.close_due()
    deliver(only().pk)
    assert receiver.came == []
    assert only().tries == 0
    finish(take(sent), score=80, verdict="partial")
    due()
    deliver(only().pk)
    told = json.loads(receiver.came[0].body)["sitting"]
    assert (told["state"], told["ending"], told["score"]) == ("finished", "time_up", 80.0)


def test_the_end_is_told_without_a_score_when_grading_takes_too_long(webhook, interview, receiver, version):
    _, sitting = started(interview)
    submitting.submit(candidate=sitting.candidate, version=version, source=b"x", kind=Kind.SUBMIT)
    Delivery.objects.all().delete()
    sit.hand_in(sitting=sitting)
    Delivery.objects.update(created_at=timezone.now() - GRADING_PATIENCE)
    deliver(only().pk)
    assert json.loads(receiver.came[0].body)["sitting"]["score"] is None


def test_after_an_error_the_same_message_is_sent_again(webhook, interview, receiver):
    receiver.statuses = [500, 503, 200]
    started(interview)
    for state in ("waiting", "waiting", "delivered"):
        deliver(only().pk)
        assert only().state == state
        deliver(only().pk)
        due()
    assert [tried.status for tried in Try.objects.order_by("at")] == [500, 503, 200]
    assert len({came.body for came in receiver.came}) == 1
    assert {came.headers["idempotency-key"] for came in receiver.came} == {str(only().pk)}
    assert len(receiver.came) == 3


def test_waits_grow_and_differ():
    waits = [wait_after(tries).total_seconds() for tries in range(1, MOST_TRIES + 1)]
    assert 15 * (1 - JITTER) <= waits[0] <= 15 * (1 + JITTER)
    assert waits[5] > 100 * waits[0]
    assert max(waits) <= 6 * 3600 * (1 + JITTER)
    assert len({wait_after(3) for _ in range(20)}) > 10


def test_what_never_arrives_is_given_up_and_many_of_these_switch_it_off(webhook, interview, receiver):
    receiver.statuses = [500]
    for number in range(MOST_FAILURES):
        enter(link_for(interview, f"c{number}@example.org"))
        made = actions.try_out(webhook=webhook)
        Delivery.objects.filter(pk=made.pk).update(tries=MOST_TRIES - 1)
        webhook.refresh_from_db()
        assert webhook.is_on
        deliver(made.pk)
        assert Delivery.objects.get(pk=made.pk).state == "failed"
    webhook.refresh_from_db()
    assert webhook.has_given_up
    started(interview)
    late = Delivery.objects.get(event="sitting.started")
    assert (late.state, late.tries) == ("failed", 0)
    actions.switch(webhook=webhook, on=True)
    webhook.refresh_from_db()
    assert (webhook.is_on, webhook.failures) == (True, 0)
    receiver.statuses = [200]
    assert actions.send_again(delivery=late)
    deliver(late.pk)
    assert Delivery.objects.get(pk=late.pk).state == "delivered"


def test_one_that_arrives_ends_the_row_of_failures(webhook, receiver):
    Webhook.objects.update(failures=MOST_FAILURES - 1)
    deliver(actions.try_out(webhook=webhook).pk)
    assert Webhook.objects.get().failures == 0


def test_what_waits_for_a_webhook_that_is_off_is_not_sent(webhook, interview, receiver):
    started(interview)
    actions.switch(webhook=webhook, on=False)
    deliver(only().pk)
    assert (only().state, receiver.came) == ("failed", [])


def test_two_couriers_at_once_send_once(webhook, interview, receiver):
    started(interview)
    receiver.manner = "silent"
    first = threading.Thread(target=deliver, args=[only().pk])
    first.start()
    wait_until(lambda: receiver.came)
    deliver(only().pk)
    assert len(receiver.came) == 1
    receiver.over.set()
    first.join(30)
    assert only().tries == 1


def test_a_courier_that_dies_holds_a_message_for_a_while_only(webhook, interview, receiver):
    started(interview)
    Delivery.objects.update(lease=timezone.now() + timedelta(minutes=1), tries=1)
    deliver(only().pk)
    assert receiver.came == []
    Delivery.objects.update(lease=timezone.now() - timedelta(seconds=1))
    deliver(only().pk)
    assert only().state == "delivered"


def test_nothing_is_told_of_what_did_not_happen(webhook, interview):
    _, sitting = enter(link_for(interview))
    with transaction.atomic():
        sit.start(sitting=sitting)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert broker.client().llen("webhooks") == 0


def test_a_call_that_is_lost_is_repeated(webhook, interview):
    started(interview)
    assert broker.client().llen("webhooks") == 1
    broker.client().delete("webhooks")
    assert outbox.sweep() == 0
    Delivery.objects.update(rung_at=timezone.now() - outbox.UNHEARD - timedelta(seconds=1))
    assert outbox.sweep() == 1
    assert outbox.sweep() == 0
    assert broker.client().llen("webhooks") == 1


def test_what_is_due_again_is_called_for_at_once(webhook, interview, receiver):
    receiver.statuses = [500]
    started(interview)
    deliver(only().pk)
    assert outbox.sweep() == 0
    due()
    assert outbox.sweep() == 1


def test_people_do_not_wait_for_redis(webhook, interview, redis_process):
    _, sitting = enter(link_for(interview))
    redis_process.stop()
    try:
        sit.start(sitting=sitting)
    finally:
        redis_process.start()
    assert only().state == "waiting"


def test_a_deleted_sitting_takes_its_messages_along(webhook, interview):
    _, sitting = started(interview)
    sitting.candidate.delete()
    assert not Delivery.objects.exists()


def test_the_log_is_cleared_after_a_time(webhook, interview):
    old, new = (actions.try_out(webhook=webhook) for _ in range(2))
    Delivery.objects.filter(pk=old.pk).update(state="delivered", created_at=timezone.now() - outbox.KEPT)
    assert outbox.clear_log() == 1
    assert only().pk == new.pk


def test_a_new_secret_works_beside_the_old_one_for_a_day(webhook, receiver):
    old = secret_of(webhook)
    actions.rotate(webhook=webhook)
    new = secret_of(webhook)
    assert old != new
    for expected in ((new, old), (new,)):
        receiver.came.clear()
        deliver(actions.try_out(webhook=webhook).pk)
        [came] = receiver.came
        seconds, *given = (part.split("=")[1] for part in came.headers["gradetape-signature"].split(","))
        assert given == [signature(secret, int(seconds), came.body) for secret in expected]
        Webhook.objects.update(rotated_at=timezone.now() - OVERLAP)


def test_the_secret_is_in_no_table(webhook):
    row = Webhook.objects.values().get()
    assert secret_of(webhook).removeprefix("gtwh_") not in json.dumps(row, default=str)


def test_a_courier_delivers_and_counts_as_no_worker(webhook, interview, receiver, tmp_path):
    options = ("--pool", "threads", "-c", "2", "-n", "courier@here", "--without-gossip", "--without-mingle")
    command = ("celery", "-A", "gradetape.webhooks.courier", "worker", *options, "-l", "WARNING")
    courier = Process(*command, log=tmp_path / "log", WEBHOOKS_PRIVATE="1")
    try:
        started(interview)
        wait_until(lambda: only().state == "delivered" or courier.ended, 120)
        assert not courier.ended, (tmp_path / "log").read_text()
    finally:
        courier.stop()
    assert len(receiver.came) == 1
    assert live_workers() == []
