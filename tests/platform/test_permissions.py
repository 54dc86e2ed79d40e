"""Nobody sees, or changes, what is somebody else's: not even that it is there."""

from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient, Client
from support import signed_in

from gradetape.submissions.models import State, Submission

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ["", "events/", "state/"]


@pytest.mark.parametrize("page", PAGES)
def test_somebody_else_s_submission_is_not_found(send, ana, as_bob, page):
    assert as_bob.get(f"/submissions/{send(ana).pk}/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_submission_that_is_not_there_looks_the_same(send, as_bob, page):
    assert as_bob.get(f"/submissions/{uuid4()}/{page}").status_code == 404


def test_somebody_else_s_submission_can_not_be_cancelled(send, ana, as_bob):
    submission = send(ana)
    assert as_bob.post(f"/submissions/{submission.pk}/cancel/").status_code == 404
    assert Submission.objects.get().state == State.QUEUED


async def test_reconnecting_to_somebody_else_s_stream_is_not_found(send, ana, bob):
    submission = await sync_to_async(send)(ana)
    client = AsyncClient()
    await client.aforce_login(bob)
    answer = await client.get(f"/submissions/{submission.pk}/events/", headers={"Last-Event-ID": "0-1"})
    assert answer.status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_submission_is_closed_to_whoever_is_signed_out(send, ana, page):
    answer = Client().get(f"/submissions/{send(ana).pk}/{page}", headers={"Accept": "text/event-stream"})
    assert answer.status_code == 401


@pytest.mark.parametrize("page", ["", "state/"])
def test_one_s_own_submission_opens(send, ana, as_ana, page):
    assert as_ana.get(f"/submissions/{send(ana).pk}/{page}").status_code == 200


def test_an_administrator_sees_all(send, ana, ada):
    assert signed_in(ada).get(f"/submissions/{send(ana).pk}/").status_code == 200


def test_lists_show_one_s_own_submissions_alone(send, ana, as_ana, as_bob):
    send(ana)
    assert len(as_ana.get("/dashboard/").context["recent"]) == 1
    assert as_bob.get("/dashboard/").context["recent"] == []
    assert as_bob.get("/challenges/doubling/").context["attempts"] == []
    assert as_bob.get("/challenges/").context["rows"][0].state == "new"


def test_a_challenge_that_is_not_live_is_not_found(version, as_ana):
    type(version.challenge).objects.update(live=None)
    for page in ("", "draft/", "submissions/"):
        assert as_ana.get(f"/challenges/doubling/{page}").status_code in {404, 405}
    assert as_ana.get("/challenges/doubling/").status_code == 404
