"""A snippet is tried out and never counts; what is typed there is kept like a draft."""

import json
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from support import wait_until

from gradetape.standings.models import Standing
from gradetape.study.disclosure import disclosure_of
from gradetape.submissions.actions import SNIPPETS_KEPT, cancel, submit
from gradetape.submissions.grading import grade
from gradetape.submissions.models import EditorSettings, Kind, Snippet, State, Submission
from gradetape.submissions.story import look

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/challenges/doubling/"


def send(client: Client, verb: str, path: str, body: object):
    return getattr(client, verb)(path, json.dumps(body), content_type="application/json")


def tried(client: Client, snippet: str = "double(2)") -> Submission:
    answer = send(client, "post", f"{PAGE}submissions/", {"source": "x", "kind": "scratch", "snippet": snippet})
    assert answer.status_code == 201, answer.text
    return Submission.objects.get(pk=answer.json()["id"])


def test_a_snippet_goes_to_the_quick_queue_with_the_file(version, as_ana, broker_client):
    submission = tried(as_ana)
    assert (submission.kind, bytes(submission.source), bytes(submission.snippet)) == ("scratch", b"x", b"double(2)")
    assert (broker_client.llen("runs"), broker_client.llen("submissions")) == (1, 0)


def test_its_output_is_told_and_it_ends_with_a_verdict_and_no_case(version, as_ana, take):
    submission = tried(as_ana, "hello")
    grade(take(submission))
    submission.refresh_from_db()
    assert (submission.state, submission.verdict, submission.score) == (State.FINISHED, "accepted", 0)
    assert submission.cases.count() == 0
    events = as_ana.get(f"{submission.get_absolute_url()}state/").json()["events"]
    assert [event["type"] for event in events] == ["queued", "started", "output", "finished"]
    assert events[2]["data"]["text"] == "hello"
    assert (events[3]["data"]["total"], events[3]["data"]["verdict"]) == (0, "accepted")


def test_it_can_be_cancelled_while_it_runs(version, as_ana, take):
    submission = tried(as_ana, "pause 30")
    running = threading.Thread(target=lambda: (grade(take(submission)), connection.close()))
    running.start()
    wait_until(lambda: len(look(submission.pk).events) >= 3)
    assert as_ana.post(f"{submission.get_absolute_url()}cancel/").json() == {"state": "cancelled"}
    running.join(20)
    assert not running.is_alive()
    submission.refresh_from_db()
    assert (submission.state, submission.verdict) == (State.CANCELLED, None)


def test_it_is_no_attempt_and_in_no_list(version, as_ana, take):
    grade(take(tried(as_ana)))
    context = as_ana.get(PAGE).context
    assert (context["attempts"], context["submission"]) == ([], None)
    assert as_ana.get("/dashboard/").context["recent"] == []
    assert as_ana.get("/challenges/").context["rows"][0].state == "new"
    assert "Nothing sent yet" in as_ana.get(f"{PAGE}attempts/").text


def test_one_that_runs_to_its_end_solves_nothing_and_shows_no_solution(version, ana, as_ana, take):
    grade(take(tried(as_ana)))
    assert Submission.objects.get().verdict == "accepted"
    assert not Standing.objects.filter(user=ana, state="solved").exists()
    assert "planted-reference" not in as_ana.get(f"{PAGE}solution/").text
    assert disclosure_of(ana, version.challenge).solved_at is None


def test_the_workbench_goes_on_with_the_one_tried_last(version, as_ana, as_bob):
    tried(as_ana, "first")
    second = tried(as_ana, "second")
    assert as_ana.get(PAGE).context["tried"]["url"] == second.get_absolute_url()
    assert as_bob.get(PAGE).context["tried"] is None


def test_its_own_page_shows_it_without_cases(version, as_ana, take):
    submission = tried(as_ana, "<b>double(2)</b>")
    grade(take(submission))
    answer = as_ana.get(submission.get_absolute_url())
    assert "&lt;b&gt;double(2)&lt;/b&gt;" in answer.text
    assert answer.context["parts"] == []
    assert answer.context["cases"] == []


@pytest.mark.parametrize(
    "body", [{"kind": "scratch"}, {"kind": "run", "snippet": "x"}, {"kind": "scratch", "snippet": 1}]
)
def test_a_snippet_comes_with_its_kind_and_with_no_other(version, as_ana, body):
    answer = send(as_ana, "post", f"{PAGE}submissions/", {"source": "x", **body})
    assert (answer.status_code, answer.json()["error"]) == (400, "not_json")


def test_a_row_of_another_kind_holds_no_snippet(version, ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        submit(candidate=ana, version=version, source=b"x", kind=Kind.RUN, snippet=b"x")


def test_a_snippet_has_a_size(version, as_ana):
    tried(as_ana, "#" * 16384)
    body = {"source": "x", "kind": "scratch", "snippet": "#" * 16385}
    answer = send(as_ana, "post", f"{PAGE}submissions/", body)
    assert (answer.status_code, answer.json()["error"]) == (400, "too_large")


def test_what_was_tried_long_ago_is_let_go(version, ana, as_ana, settings):
    settings.SUBMISSIONS_A_MINUTE = settings.OPEN_SUBMISSIONS = 100
    graded = submit(candidate=ana, version=version, source=b"x", kind=Kind.RUN)
    for _ in range(SNIPPETS_KEPT + 3):
        cancel(submission=tried(as_ana))
    assert Submission.objects.filter(kind=Kind.SCRATCH).count() == SNIPPETS_KEPT
    assert Submission.objects.filter(pk=graded.pk).exists()


def test_what_is_typed_is_kept_and_never_overwritten_unseen(version, as_ana, as_bob):
    def save(source: str, revision: int):
        return send(as_ana, "put", f"{PAGE}snippet/", {"source": source, "revision": revision})

    assert save("one", 0).json()["revision"] == 1
    assert save("two", 1).json()["revision"] == 2
    assert save("two", 0).status_code == 200
    refused = save("other", 1)
    assert (refused.status_code, refused.json()["source"]) == (409, "two")
    assert as_ana.get(PAGE).context["snippet"]["source"] == Snippet.objects.get().source == "two"
    assert as_bob.get(PAGE).context["snippet"] == {"source": "", "revision": 0, "saved_at": None}


def test_how_the_editor_is_liked_is_remembered(version, as_ana, as_bob):
    chosen = {"size": 16, "keys": "vim", "wrap": True, "suggest": False}
    assert send(as_ana, "put", "/editor/", chosen).json() == chosen
    assert as_ana.get(PAGE).context["editor_settings"] == chosen
    assert as_bob.get(PAGE).context["editor_settings"] is None


@pytest.mark.parametrize("body", [{"size": 9}, {"size": 25}, {"keys": "ed"}, {"more": 1}, [], {"wrap": "yes"}])
def test_only_known_settings_are_taken(version, as_ana, body):
    assert send(as_ana, "put", "/editor/", body).status_code == 400
    assert not EditorSettings.objects.exists()


def test_the_page_has_the_names_of_the_contract(version, as_ana):
    version.refresh_from_db()
    assert version.contract == [{"name": "double", "kind": "function", "signature": ""}]
