"""Submissions through the API: sent, followed, listed, stopped."""

import json

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.test import AsyncClient, Client
from support import finish

from gradetape.api.models import Scope
from gradetape.api.tokens import make_token
from gradetape.submissions.models import Kind, State, Submission

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/api/challenges/doubling/submissions"


@pytest.fixture(autouse=True)
def nobody_is_throttled_yet():
    cache.clear()


@pytest.fixture
def token(ana) -> str:
    return make_token(user=ana, name="tests", scope=Scope.SUBMIT, days=None).text


@pytest.fixture
def api(token) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


def post(client: Client, **body):
    return client.post(PAGE, json.dumps(body), content_type="application/json")


@pytest.mark.parametrize("kind", ["run", "submit"])
def test_a_file_is_sent_to_be_graded(api, ana, version, kind):
    answer = post(api, source="pass", kind=kind)
    assert answer.status_code == 201
    said = answer.json()
    sent = Submission.objects.get(candidate=ana)
    assert (said["id"], said["state"], said["kind"]) == (str(sent.pk), "queued", kind)
    assert bytes(sent.source) == b"pass"
    assert said["events_url"] == f"http://testserver/api/submissions/{sent.pk}/events"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [({"source": "x" * (64 * 1024 + 1)}, 413, "too_large"), ({"source": "x", "kind": "scratch"}, 422, "not_valid"),
     ({"kind": "run"}, 422, "not_valid")],
)  # fmt: skip
def test_what_can_not_be_graded_is_refused(api, version, body, status, code):
    answer = post(api, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Submission.objects.exists()


def test_the_bounds_are_those_of_the_page(api, version):
    assert [post(api, source="x").status_code for _ in range(4)] == [201, 201, 201, 429]
    answer = post(api, source="x")
    assert answer.headers["Retry-After"] == "5"


def test_one_submission_tells_its_cases_as_the_page_does(api, ana, send, take):
    sent = send(ana)
    before = api.get(f"/api/submissions/{sent.pk}").json()
    assert [(case["id"], case["outcome"]) for case in before["cases"]] == [
        ("two", None), ("three", None), ("nothing", None),
    ]  # fmt: skip
    finish(take(sent))
    after = api.get(f"/api/submissions/{sent.pk}").json()
    assert (after["verdict"], after["score"], after["source"]) == ("accepted", 100, "pass")
    assert {case["outcome"] for case in after["cases"]} == {"passed"}


def test_submissions_are_listed_the_newest_first(api, ana, bob, send, take):
    first = send(ana)
    finish(take(first))
    second = send(ana, kind=Kind.RUN)
    send(bob)
    said = api.get("/api/submissions").json()
    assert [row["id"] for row in said["items"]] == [str(second.pk), str(first.pk)]
    assert "source" not in said["items"][0]
    assert api.get("/api/submissions?challenge=other").json()["total"] == 0


def test_a_submission_is_cancelled(api, ana, send):
    sent = send(ana)
    assert api.post(f"/api/submissions/{sent.pk}/cancel").json() == {"state": "cancelled"}
    sent.refresh_from_db()
    assert sent.state == State.CANCELLED


@pytest.mark.parametrize("rest", ["", "/state", "/events", "/cancel"])
def test_somebody_else_s_is_not_there(api, bob, send, rest):
    theirs = send(bob)
    answer = (api.post if rest == "/cancel" else api.get)(f"/api/submissions/{theirs.pk}{rest}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    theirs.refresh_from_db()
    assert theirs.state == State.QUEUED


def test_a_snippet_is_no_submission(api, ana, version):
    tried = Submission.objects.create(
        candidate=ana, version=version, kind=Kind.SCRATCH, source=b"", snippet=b"1", seed=1
    )
    assert api.get(f"/api/submissions/{tried.pk}").status_code == 404
    assert api.get("/api/submissions").json()["total"] == 0


def test_the_state_tells_what_was_missed(api, ana, send, take):
    sent = send(ana)
    said = api.get(f"/api/submissions/{sent.pk}/state").json()
    assert (said["state"], said["position"], [one["type"] for one in said["events"]]) == ("queued", 1, ["queued"])
    last = said["events"][-1]["id"]
    finish(take(sent))
    later = api.get(f"/api/submissions/{sent.pk}/state?after={last}").json()
    assert later["state"] == "finished"
    assert [one["type"] for one in later["events"]] == ["finished"]


async def streamed(token: str, page: str, **headers: str) -> str:
    answer = await AsyncClient().get(page, headers={"Authorization": f"Bearer {token}", **headers})
    assert answer.headers["Content-Type"] == "text/event-stream"
    return b"".join([frame async for frame in answer.streaming_content]).decode()


async def test_the_stream_tells_the_whole_story_and_ends(token, ana, send, take):
    sent = await in_thread(lambda: finished(send(ana), take))
    text = await streamed(token, f"/api/submissions/{sent.pk}/events")
    assert [line for line in text.splitlines() if line.startswith("event:")] == [
        "event: queued", "event: finished", "event: end",
    ]  # fmt: skip


async def test_a_stream_that_was_cut_goes_on_where_it_was(token, ana, send, take):
    sent = await in_thread(lambda: finished(send(ana), take))
    text = await streamed(token, f"/api/submissions/{sent.pk}/events", **{"Last-Event-ID": "0-1"})
    assert "event: queued" not in text
    assert "event: finished" in text


def finished(sent: Submission, take) -> Submission:
    finish(take(sent))
    return sent


async def in_thread(work):
    return await sync_to_async(work)()
