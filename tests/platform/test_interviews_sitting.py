"""Sitting: the clock, what is taken, what is handed in at the end, and what a candidate is told."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient, Client
from django.utils import timezone
from interviewing import an_interview, enter, let_pass, link_for, save, send, started
from support import finish, signed_in

from grader.model import Verdict
from gradetape.catalog.actions import publish
from gradetape.interviews.actions import sit
from gradetape.interviews.clock import Span, credit_of, joined
from gradetape.interviews.exceptions import NotNow
from gradetape.interviews.models import Interview, Sitting
from gradetape.submissions import attempts, grading, reader
from gradetape.submissions.beat import chores
from gradetape.submissions.models import Attempt, Draft, Ending, Submission

pytestmark = pytest.mark.django_db(transaction=True)
# What a candidate must not find where samples alone are told: ids, hints and outcomes of hidden cases.
HIDDEN = ("planted-", '"three"', '"nothing"', "partial")


def sources(sitting: Sitting) -> list[str]:
    return [submission.text for submission in Submission.objects.filter(candidate=sitting.candidate)]


def test_the_clock_starts_once_and_by_hand(interview):
    client, sitting = enter(link_for(interview))
    assert client.get(sitting.get_absolute_url()).templates[0].name == "interviews/lobby.html"
    assert client.post(f"{sitting.get_absolute_url()}start/").url.endswith("/challenges/doubling/")
    first = Sitting.objects.get().deadline
    client.post(f"{sitting.get_absolute_url()}start/")
    assert Sitting.objects.get().deadline == first
    assert timedelta(minutes=59) < first - timezone.now() <= timedelta(minutes=60)


@pytest.mark.parametrize("change", [{"starts_at": 1}, {"ends_at": -1}, {"state": "archived"}])
def test_outside_of_the_window_nothing_starts(interview, change):
    client, sitting = enter(link_for(interview))
    now = timezone.now()
    facts = {name: now + timedelta(hours=value) if isinstance(value, int) else value for name, value in change.items()}
    Interview.objects.update(**facts)
    with pytest.raises(NotNow):
        sit.start(sitting=sitting)
    assert "start-form" not in client.get(sitting.get_absolute_url()).text
    assert client.get(f"{sitting.get_absolute_url()}challenges/doubling/").url == sitting.get_absolute_url()
    assert save(client, sitting, "x").status_code == 410
    assert not Draft.objects.exists()


def test_extra_time_counts_before_and_during(ines, interview):
    client, sitting = enter(link_for(interview))
    extra = f"/interviews/invitations/{sitting.invitation_id}/extra/"
    signed_in(ines).post(extra, {"minutes": "30"})
    client.post(f"{sitting.get_absolute_url()}start/")
    begun = Sitting.objects.get()
    assert begun.deadline - begun.started_at == timedelta(minutes=90)
    signed_in(ines).post(extra, {"minutes": "40"})
    assert Sitting.objects.get().deadline - begun.started_at == timedelta(minutes=100)


def test_what_is_typed_is_kept_for_whoever_comes_back(interview):
    client, sitting = started(interview)
    assert save(client, sitting, "x = 1").status_code == 200
    page = client.get(f"{sitting.get_absolute_url()}challenges/doubling/")
    assert page.context["draft"]["source"] == "x = 1"
    assert f'data-draft-url="{sitting.get_absolute_url()}challenges/doubling/draft/"' in page.text
    assert "/challenges/doubling/solution/" not in page.text


def test_what_was_typed_last_is_handed_in_when_the_time_is_up(interview):
    client, sitting = started(interview)
    save(client, sitting, "x = 1")
    let_pass(sitting, minutes=60, seconds=5)
    # Within the grace what was on its way still counts.
    assert save(client, sitting, "x = 2", revision=1).status_code == 200
    assert sit.close_due() == 0
    let_pass(sitting, seconds=10)
    assert sit.close_due() == 1
    sitting.refresh_from_db()
    assert sitting.ending == "time_up"
    assert sources(sitting) == ["x = 2"]
    assert (sit.close_due(), len(sources(sitting))) == (0, 1)


def test_several_who_end_it_at_once_hand_in_once(interview):
    client, sitting = started(interview)
    save(client, sitting, "x = 1")
    let_pass(sitting, minutes=61)
    together = threading.Barrier(4)

    def end() -> int:
        try:
            together.wait()
            return sit.close_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(done.result() for done in [pool.submit(end) for _ in range(4)])[-1] == 1
    assert sources(sitting) == ["x = 1"]


def test_after_the_time_nothing_is_taken(interview):
    client, sitting = started(interview)
    let_pass(sitting, minutes=60, seconds=15)
    answer = save(client, sitting, "late")
    assert (answer.status_code, answer.json()["error"]) == (410, "time_up")
    assert send(client, sitting, "late").status_code == 410
    assert sources(sitting) == []
    assert not Draft.objects.exists()


def test_a_page_that_is_opened_ends_what_is_due(interview):
    """Also where nobody sweeps."""
    client, sitting = started(interview)
    save(client, sitting, "x = 1")
    let_pass(sitting, minutes=61)
    assert client.get(sitting.get_absolute_url()).templates[0].name == "interviews/over.html"
    assert sources(sitting) == ["x = 1"]
    assert "sweep" in {chore.do.__name__ for chore in chores()}
    assert sit.close_due in {chore.do for chore in chores()}


def test_nothing_is_handed_in_that_was_sent_already_or_never_typed(interview, version):
    client, sitting = started(interview)
    save(client, sitting, "x = 1")
    send(client, sitting, "x = 1")
    _, idle = started(interview, "idle@example.org")
    other, untouched = started(interview, "same@example.org")
    save(other, untouched, version.starter)
    for one in (sitting, idle, untouched):
        let_pass(one, minutes=61)
    assert sit.close_due() == 3
    assert (sources(sitting), sources(idle), sources(untouched)) == (["x = 1"], [], [])


def test_whoever_is_done_hands_in_once(interview):
    client, sitting = started(interview)
    save(client, sitting, "x = 1")
    client.post(f"{sitting.get_absolute_url()}finish/")
    assert Sitting.objects.get().is_running
    for _ in range(2):
        client.post(f"{sitting.get_absolute_url()}finish/", {"sure": "yes"})
    assert Sitting.objects.get().ending == "handed_in"
    assert sources(sitting) == ["x = 1"]
    assert "Thank you" in client.get(sitting.get_absolute_url()).text


def test_many_tasks_are_handed_in_at_once(ines, tiny, settings):
    challenges = [publish(package=tiny(slug=f"task-{n}", statement=f"# {n}\n")).version.challenge for n in range(5)]
    client, sitting = started(an_interview(ines, challenges))
    for one in challenges:
        save(client, sitting, "x = 1", slug=one.slug)
    let_pass(sitting, minutes=61)
    sit.close_due()
    assert len(sources(sitting)) == 5 > settings.OPEN_SUBMISSIONS


def test_a_draft_that_is_too_large_keeps_the_others_from_nothing(interview):
    client, sitting = started(interview)
    save(client, sitting, "x" * 70_000)
    let_pass(sitting, minutes=61)
    assert sit.close_due() == 1
    assert sources(sitting) == []


def test_the_pinned_version_grades(interview, tiny, version):
    client, sitting = started(interview)
    publish(package=tiny(statement="# Doubling\n\nDouble it twice.\n"))
    page = client.get(f"{sitting.get_absolute_url()}challenges/doubling/")
    assert "twice" not in page.text
    send(client, sitting)
    assert Submission.objects.get().version == version


MINUTE = timedelta(minutes=1)
NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [
        ([], 0), ([(1, 2)], 60), ([(1, 3), (2, 4)], 180), ([(1, 2), (1, 2)], 60), ([(3, 4), (1, 2)], 120),
        ([(2, 1)], 0), ([(-5, 1)], 60), ([(9, 20)], 60), ([(1, 9), (2, 3), (4, 5)], 480),
    ],
)  # fmt: skip
def test_spans_count_once(spans, seconds):
    rows = [Span(NOON + begin * MINUTE, NOON + end * MINUTE) for begin, end in spans]
    assert joined(rows, Span(NOON, NOON + 10 * MINUTE)) == seconds


def aged(sitting: Sitting, **facts: object) -> Submission:
    """A submission sent as the sitting began."""
    sent = Submission.objects.get(candidate=sitting.candidate)
    Submission.objects.filter(pk=sent.pk).update(created_at=sitting.started_at, **facts)
    return sent


def test_queueing_beyond_ten_seconds_is_given_back(interview, take):
    client, sitting = started(interview)
    send(client, sitting)
    let_pass(sitting, seconds=100)
    aged(sitting)
    assert 90 <= credit_of(sitting, sitting.started_at + timedelta(seconds=100)) <= 91
    take(Submission.objects.get())
    Attempt.objects.update(started_at=sitting.started_at + timedelta(seconds=50))
    told = client.get(f"{sitting.get_absolute_url()}clock/").json()
    sitting.refresh_from_db()
    assert told["credit"] == 40
    assert sitting.deadline - sitting.started_at == timedelta(minutes=60, seconds=40)
    assert 'data-credit="40"' in client.get(sitting.get_absolute_url()).text


def test_a_short_wait_is_nothing(interview, take):
    client, sitting = started(interview)
    send(client, sitting)
    take(aged(sitting))
    Attempt.objects.update(started_at=sitting.started_at + timedelta(seconds=9))
    assert client.get(f"{sitting.get_absolute_url()}clock/").json()["credit"] == 0


def test_a_fault_of_ours_is_given_back(interview, take):
    client, sitting = started(interview)
    send(client, sitting)
    let_pass(sitting, seconds=200)
    sent = aged(sitting)
    for begin, ending in ((0, Ending.FAULT), (30, Ending.LOST), (75, "")):
        Attempt.objects.create(
            submission=sent, number=begin + 1, worker="w", ending=ending,
            started_at=sitting.started_at + timedelta(seconds=begin),
        )  # fmt: skip
    assert credit_of(sitting, timezone.now()) == 75


def test_a_fault_of_days_is_given_back_up_to_the_length(interview):
    client, sitting = started(interview)
    send(client, sitting)
    let_pass(sitting, days=2)
    aged(sitting)
    assert credit_of(sitting, timezone.now()) == 3600
    assert sit.close_due() == 1


def test_a_sitting_goes_on_while_its_time_is_given_back(interview):
    """What still waits for a worker when the time would be up."""
    client, sitting = started(interview)
    send(client, sitting)
    let_pass(sitting, minutes=61)
    aged(sitting)
    assert sit.close_due() == 0
    assert Sitting.objects.get().deadline > timezone.now()


def graded_in(interview: Interview, visibility: str, source: str = "fail three") -> tuple[Client, Sitting, Submission]:
    """A submission graded by the engine of the tests, told as a grading tells."""
    Interview.objects.update(visibility=visibility)
    client, sitting = started(interview, f"{visibility}@example.org")
    answer = send(client, sitting, source)
    assert answer.status_code == 201, answer.content
    claim = attempts.claim(submission_id=answer.json()["id"], worker="here")
    assert claim
    grading.grade(claim)
    return client, sitting, Submission.objects.get(pk=answer.json()["id"])


def everything(client: Client, sitting: Sitting, submission: Submission) -> dict[str, str]:
    """All that a candidate can open while they sit; the stream has a test of its own."""
    place = sitting.get_absolute_url()
    pages = ["", "clock/", "challenges/doubling/attempts/", f"submissions/{submission.pk}/state/"]
    texts = {page: client.get(f"{place}{page}").content.decode() for page in pages}
    # The statement's own list of cases names hidden ones by title; their ids stand nowhere.
    texts["room"] = client.get(f"{place}challenges/doubling/").content.decode()
    return texts


def streamed(sitting: Sitting, path: str) -> str:
    guest = sitting.candidate

    async def watch() -> bytes:
        client = AsyncClient()
        await client.aforce_login(guest)
        answer = await client.get(path)
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(watch)().decode()


def test_where_samples_are_told_nothing_else_is(interview):
    client, sitting, submission = graded_in(interview, "samples")
    assert (submission.verdict, submission.score) == ("partial", 65)
    for page, text in everything(client, sitting, submission).items():
        assert not [word for word in HIDDEN if word in text], page
    rows = client.get(f"{sitting.get_absolute_url()}challenges/doubling/attempts/").context["rows"]
    assert [(row.verdict, row.score, row.passed) for row in rows] == [(None, None, None)]
    assert [desk.best for desk in client.get(sitting.get_absolute_url()).context["desks"]] == [None]
    told = client.get(f"{sitting.get_absolute_url()}submissions/{submission.pk}/state/").json()
    assert (told["verdict"], told["score"]) == (None, None)
    assert [event["type"] for event in told["events"]] == ["queued", "started", "case_started", "case", "finished"]
    assert [event["id"] for event in told["events"]] == ["0-1", "1-1", "1-2", "1-3", "1-4"]
    last = told["events"][-1]["data"]
    assert (last["verdict"], last["passed"], last["total"], last["score"]) == ("taken", 1, 1, None)


def test_the_stream_tells_what_the_state_tells(interview, monkeypatch):
    # The reader is asked to stop while it waits, and the loop of this test waits for it.
    monkeypatch.setattr(reader, "BLOCK_MILLISECONDS", 100)
    client, sitting, submission = graded_in(interview, "samples")
    place = f"{sitting.get_absolute_url()}submissions/{submission.pk}/"
    told = client.get(f"{place}state/").json()["events"]
    stream = streamed(sitting, f"{place}events/?after=1-2")
    frames = [frame.split("\n") for frame in stream.split("\n\n") if "id: " in frame]
    seen = [(lines[0][4:], lines[1][7:], json.loads(lines[2][6:])) for lines in frames]
    assert seen == [(event["id"], event["type"], event["data"]) for event in told if event["id"] > "1-2"]
    assert stream.endswith('event: end\ndata: {"state":"finished","verdict":null,"score":null}\n\n')
    assert not [word for word in HIDDEN if word in stream]


def test_counts_say_how_many_and_not_which(interview):
    client, sitting, submission = graded_in(interview, "counts")
    for page, text in everything(client, sitting, submission).items():
        assert not [word for word in HIDDEN if word in text], page
    last = client.get(f"{sitting.get_absolute_url()}submissions/{submission.pk}/state/").json()["events"][-1]["data"]
    assert (last["verdict"], last["passed"], last["total"], last["score"]) == ("taken", 2, 3, None)
    assert "2/3" in client.get(f"{sitting.get_absolute_url()}challenges/doubling/attempts/").text


def test_everything_is_everything(interview):
    client, sitting, submission = graded_in(interview, "everything")
    told = client.get(f"{sitting.get_absolute_url()}submissions/{submission.pk}/state/").json()
    assert (told["verdict"], told["score"]) == ("partial", 65)
    assert [event["data"]["case"] for event in told["events"] if event["type"] == "case"] == ["two", "three", "nothing"]


def test_a_fault_of_ours_is_told_as_such(interview, take):
    client, sitting = started(interview)
    send(client, sitting)
    sent = Submission.objects.get()
    for number in (1, 2, 3):
        take(Submission.objects.get())
        attempts.give_back(submission_id=sent.pk, attempt=number, ending=Ending.FAULT, fault="planted-fault")
    told = client.get(f"{sitting.get_absolute_url()}submissions/{sent.pk}/state/").json()["events"][-1]
    assert (told["type"], told["data"]["verdict"]) == ("finished", "judge_error")
    assert "planted" not in str(told)


def test_a_file_that_does_not_load_is_told(interview, take):
    client, sitting = started(interview)
    send(client, sitting)
    trouble = {"verdict": Verdict.RUNTIME_ERROR, "score": 0.0, "message": "SyntaxError: no", "line": 3}
    assert finish(take(Submission.objects.get()), **trouble)
    told = client.get(f"{sitting.get_absolute_url()}submissions/{Submission.objects.get().pk}/state/").json()
    assert told["events"][-1]["data"]["message"] == "SyntaxError: no"


def test_one_s_own_submission_can_be_cancelled_and_nobody_else_s(interview):
    client, sitting = started(interview)
    other, theirs = started(interview, "dora@example.org")
    where = send(client, sitting).json()["url"]
    by_their_own = where.replace(str(sitting.pk), str(theirs.pk))
    for place in (where, by_their_own):
        assert other.post(f"{place}cancel/").status_code == 404
        assert other.get(f"{place}state/").status_code == 404
    assert client.post(f"{where}cancel/").json() == {"state": "cancelled"}


def test_a_snippet_and_older_versions_work_in_the_room(interview):
    client, sitting = started(interview)
    place = f"{sitting.get_absolute_url()}challenges/doubling/"
    save(client, sitting, "x = 1")
    assert client.get(f"{place}draft/versions/").json()["versions"][0]["revision"] == 1
    assert client.get(f"{place}draft/versions/1/").json()["source"] == "x = 1"
    answer = client.put(f"{place}snippet/", {"source": "print(1)", "revision": 0}, content_type="application/json")
    assert answer.status_code == 200
    body = {"source": "x", "kind": "scratch", "snippet": "print(1)"}
    assert client.post(f"{place}submissions/", body, content_type="application/json").status_code == 201
    assert client.get(place).status_code == 200


def test_a_challenge_that_is_not_asked_is_not_there(interview, tiny):
    publish(package=tiny(slug="other", statement="# Other\n"))
    client, sitting = started(interview)
    assert client.get(f"{sitting.get_absolute_url()}challenges/other/").status_code == 404
    assert save(client, sitting, "x", slug="other").status_code == 404


def test_the_connection_check_streams(interview, monkeypatch):
    monkeypatch.setattr("gradetape.interviews.views.candidate.TICK_SECONDS", 0)
    _, sitting = enter(link_for(interview))
    assert streamed(sitting, f"{sitting.get_absolute_url()}check/").count("event: tick") == 3
