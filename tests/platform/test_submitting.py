"""Sending a source: what is taken, what is refused, and what is graded although it is bad."""

import base64
import json

import pytest
from django.test import Client

from gradetape import broker
from gradetape.submissions.models import Kind, State, Submission

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/challenges/doubling/submissions/"


def post(client: Client, body: object, address: str = ADDRESS):
    content = body if isinstance(body, str) else json.dumps(body)
    return client.post(address, content, content_type="application/json")


def test_a_submission_is_a_row_first_and_then_a_message_with_its_id(version, as_ana, ana):
    answer = post(as_ana, {"source": "def double(x): return 2 * x", "kind": "submit"})
    assert answer.status_code == 201
    submission = Submission.objects.get()
    assert answer.json() == {
        "id": str(submission.pk),
        "url": f"/submissions/{submission.pk}/",
        "events_url": f"/submissions/{submission.pk}/events/",
    }
    assert (submission.candidate, submission.version, submission.state) == (ana, version, State.QUEUED)
    assert bytes(submission.source) == b"def double(x): return 2 * x"
    assert rung_with("submissions") == [str(submission.pk)]


def rung_with(queue: str) -> list[object]:
    """The arguments in the newest message of a queue; a message is JSON around base64 around JSON."""
    message = json.loads(broker.client().lindex(queue, 0))
    return json.loads(base64.b64decode(message["body"]))[0]


def test_runs_wait_in_a_queue_of_their_own(version, as_ana):
    post(as_ana, {"source": "", "kind": "run"})
    assert (broker.client().llen("runs"), broker.client().llen("submissions")) == (1, 0)


def test_a_submission_survives_redis_being_away(version, as_ana, redis_process):
    redis_process.stop()
    try:
        answer = post(as_ana, {"source": "x", "kind": "submit"})
    finally:
        redis_process.start()
    assert answer.status_code == 201
    assert Submission.objects.get().state == State.QUEUED


@pytest.mark.parametrize("source", ["def (:", "", "\x00", "\ud800", "import os; os._exit(0)"])
def test_bad_code_is_graded_and_not_refused(version, as_ana, source):
    assert post(as_ana, {"source": source, "kind": "submit"}).status_code == 201


def test_the_judge_gets_the_bytes_that_were_sent(version, as_ana):
    post(as_ana, {"source": "a\x00b\r\n\u20ac", "kind": "submit"})
    assert bytes(Submission.objects.get().source) == b"a\x00b\r\n\xe2\x82\xac"


def test_64_kib_are_taken_and_a_byte_more_is_not(version, as_ana):
    assert post(as_ana, {"source": "#" * 65536, "kind": "submit"}).status_code == 201
    answer = post(as_ana, {"source": "#" * 65537, "kind": "submit"})
    assert (answer.status_code, answer.json()["error"]) == (400, "too_large")
    assert "64 KiB" in answer.json()["message"]


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"source": 1, "kind": "run"}', '{"source": "x", "kind": "rejudge"}', "[" * 9999]
)
def test_what_is_not_the_expected_json_is_refused(version, as_ana, body):
    answer = post(as_ana, body)
    assert (answer.status_code, answer.json()["error"]) == (400, "not_json")


def test_the_fourth_open_submission_has_to_wait_and_others_do_not(version, as_ana, as_bob):
    for _ in range(3):
        assert post(as_ana, {"source": "x", "kind": "submit"}).status_code == 201
    refused = post(as_ana, {"source": "x", "kind": "run"})
    assert (refused.status_code, refused.json()["error"], refused.headers["Retry-After"]) == (429, "too_many", "5")
    assert post(as_bob, {"source": "x", "kind": "submit"}).status_code == 201


def test_a_burst_is_slowed_down_even_when_each_is_graded_at_once(version, as_ana, settings):
    settings.SUBMISSIONS_A_MINUTE = 2
    for _ in range(2):
        post(as_ana, {"source": "x", "kind": "submit"})
        Submission.objects.update(state=State.CANCELLED)
    assert post(as_ana, {"source": "x", "kind": "submit"}).status_code == 429


def test_an_unknown_challenge_is_not_found(version, as_ana):
    answer = post(as_ana, {"source": "x", "kind": "run"}, "/challenges/nothing/submissions/")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    "path", [ADDRESS, "/challenges/doubling/draft/", "/accounts/login/", "/accounts/signup/", "/accounts/logout/"]
)
def test_nothing_is_taken_without_a_token(version, ana, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    method = client.put if path.endswith("draft/") else client.post
    assert method(path, "{}", content_type="application/json").status_code == 403


def test_nothing_is_cancelled_without_a_token(send, ana):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    assert client.post(f"/submissions/{send(ana).pk}/cancel/").status_code == 403


def test_cancelling_stops_what_is_open(send, ana, as_ana):
    submission = send(ana, kind=Kind.RUN)
    assert as_ana.post(f"/submissions/{submission.pk}/cancel/").json() == {"state": "cancelled"}
    submission.refresh_from_db()
    assert (submission.state, submission.verdict) == (State.CANCELLED, None)
    assert as_ana.post(f"/submissions/{submission.pk}/cancel/").json() == {"state": "cancelled"}
