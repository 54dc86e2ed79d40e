"""What is typed is kept, and two windows never overwrite each other unseen."""

import json

import pytest
from django.test import Client

from gradetape.submissions.models import Draft

pytestmark = pytest.mark.django_db
ADDRESS = "/challenges/doubling/draft/"


def save(client: Client, source: str, revision: int):
    return client.put(ADDRESS, json.dumps({"source": source, "revision": revision}), content_type="application/json")


def test_the_first_save_starts_from_revision_0(version, as_ana):
    answer = save(as_ana, "one", 0)
    assert (answer.status_code, answer.json()["revision"]) == (200, 1)


def test_each_save_counts_the_revision_up(version, as_ana):
    save(as_ana, "one", 0)
    assert save(as_ana, "two", 1).json()["revision"] == 2
    assert Draft.objects.get().source == "two"


def test_a_save_on_an_old_revision_gets_what_is_newer(version, as_ana):
    save(as_ana, "one", 0)
    save(as_ana, "two", 1)
    answer = save(as_ana, "other", 1)
    told = answer.json()
    assert (answer.status_code, told["error"], told["revision"], told["source"]) == (409, "conflict", 2, "two")
    assert told["saved_at"]
    assert Draft.objects.get().source == "two"


def test_a_second_first_save_is_a_conflict_too(version, as_ana):
    save(as_ana, "one", 0)
    assert save(as_ana, "other", 0).status_code == 409


def test_sending_the_same_text_again_is_no_conflict(version, as_ana):
    save(as_ana, "one", 0)
    again = save(as_ana, "one", 0)
    assert (again.status_code, again.json()["revision"]) == (200, 1)


def test_everybody_has_a_draft_of_their_own(version, as_ana, as_bob):
    save(as_ana, "ana's", 0)
    assert save(as_bob, "bob's", 0).status_code == 200
    assert as_bob.get("/challenges/doubling/").context["draft"]["source"] == "bob's"


def test_the_challenge_opens_with_the_starter_and_then_with_the_draft(version, as_ana):
    assert as_ana.get("/challenges/doubling/").context["draft"] == {
        "source": version.starter, "revision": 0, "saved_at": None,
    }  # fmt: skip
    save(as_ana, "mine", 0)
    draft = as_ana.get("/challenges/doubling/").context["draft"]
    assert (draft["source"], draft["revision"]) == ("mine", 1)


def test_a_draft_may_hold_any_character(version, as_ana):
    assert save(as_ana, "a\x00\u2028\U0001f600", 0).status_code == 200
    assert as_ana.get("/challenges/doubling/").context["draft"]["source"] == "a\x00\u2028\U0001f600"


@pytest.mark.parametrize("revision", [-1, 1.5, "1", None, 2**31])
def test_a_revision_is_a_number_from_0_on(version, as_ana, revision):
    assert save(as_ana, "x", revision).status_code == 400


def test_a_draft_of_more_than_256_kib_is_refused(version, as_ana):
    assert save(as_ana, "#" * (256 * 1024 + 1), 0).json()["error"] == "too_large"
