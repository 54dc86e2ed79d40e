"""Recording: batches from the candidate's room are taken once, in order, in time, and not without end."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from interviewing import an_interview, let_pass, save, started
from roompage import RoomPage, a_page, told, typed
from support import signed_in

from gradetape.catalog.actions import publish
from gradetape.interviews.actions import sit
from gradetape.interviews.models import Sitting
from gradetape.submissions.models import Submission
from gradetape.timeline import recording
from gradetape.timeline.models import Entry, Recording
from gradetape.timeline.verifying import Match, matches_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(interview) -> RoomPage:
    return a_page(interview)


def test_a_batch_is_written_down(page):
    page.opened("a").edit([1, "b"], pasted=1).add("left").add("returned")
    answer = page.tell()
    assert (answer.status_code, answer.json()) == (200, {"next": 5})
    assert told(page.sitting) == [(1, "opened", 1), (2, "edit", 2), (3, "left", 3), (4, "returned", 4)]
    data = [entry.data for entry in Entry.objects.all()]
    assert data == [{"text": "a"}, {"changes": [[1, "b"]], "pasted": 1}, {}, {}]
    assert {(entry.page, entry.task.challenge.slug) for entry in Entry.objects.all()} == {(page.name, page.task)}


def test_entries_are_taken_once_however_often_they_come(page):
    typed(page, 5)
    for first, last, expected in ((1, 3, 4), (1, 3, 4), (2, 4, 5), (1, 6, 7), (3, 3, 7)):
        assert page.tell(first, last).json() == {"next": expected}
    assert [(number, sequence) for number, _, sequence in told(page.sitting)] == [(n, n) for n in range(1, 7)]


def test_a_batch_that_overtook_another_is_asked_for_later(page):
    typed(page, 5)
    answer = page.tell(4)
    assert (answer.status_code, answer.json()["error"], answer.json()["next"]) == (409, "gap", 1)
    page.tell(1, 2)
    assert page.tell(4).json()["next"] == 3
    assert page.tell(3).json()["next"] == 7
    assert len(told(page.sitting)) == 6


def test_two_pages_of_one_sitting_share_the_numbers(page):
    other = RoomPage(page.client, page.sitting)
    typed(page, 2), typed(other, 2)
    for one, first in ((page, 1), (other, 1), (page, 3), (other, 2)):
        assert one.tell(first).status_code == 200
    assert [number for number, *_ in told(page.sitting)] == [1, 2, 3, 4, 5, 6]
    times = list(Entry.objects.order_by("number").values_list("at", flat=True))
    assert times == sorted(times)


def test_a_page_has_one_task(ines, version, tiny):
    other = publish(package=tiny(slug="halving")).version
    page = a_page(an_interview(ines, [version.challenge, other.challenge]))
    typed(page, 1).tell()
    page.edit([1])
    answer = page.tell(3, task="halving")
    assert (answer.status_code, answer.json()["error"]) == (400, "not_a_batch")
    assert page.tell(3, task="tripling").status_code == 404
    assert len(told(page.sitting)) == 2


@pytest.mark.parametrize("slow", [0, 90_000, 10**9])
@pytest.mark.parametrize("shown", [0, 1_700_000_000_000, 99_000_000_000_000])
def test_only_the_time_since_an_entry_is_believed(page, shown, slow):
    let_pass(page.sitting, seconds=100)
    page.now = shown
    page.opened()
    page.now += 60_000
    page.edit([0, "x"])
    before = timezone.now()
    page.now += slow
    page.tell()
    times = list(Entry.objects.order_by("number").values_list("at", flat=True))
    wanted = [max(before - timedelta(milliseconds=slow + ago), page.sitting.started_at) for ago in (60_000, 0)]
    assert all(abs(at - want) < timedelta(seconds=20) for at, want in zip(times, wanted, strict=True))
    assert times == sorted(times)


def test_a_clock_that_jumps_cannot_turn_the_order_round(page):
    let_pass(page.sitting, seconds=100)
    page.opened().tell()
    page.edit([0, "x"])
    page.now -= 60_000  # put back between two edits, and put right again
    page.edit([1, "y"])
    page.now += 60_000
    page.tell(2)
    page.edit([2, "z"])
    page.now -= 500_000  # put back before the sending
    page.tell(4)
    times = list(Entry.objects.order_by("number").values_list("at", flat=True))
    assert len(times) == 4
    limits = [page.sitting.started_at, *times, timezone.now()]
    assert limits == sorted(limits)
    assert times[1] == times[2]


def test_what_comes_too_late_is_not_taken(page):
    page.opened().tell()
    page.edit([0, "x"])
    let_pass(page.sitting, minutes=60, seconds=5)
    assert page.tell().status_code == 200
    let_pass(page.sitting, seconds=10)
    page.edit([1, "y"])
    answer = page.tell()
    assert (answer.status_code, answer.json()["error"]) == (410, "time_up")
    assert len(told(page.sitting)) == 2


def test_after_handing_in_nothing_is_taken(page):
    typed(page, 1)
    assert sit.hand_in(sitting=page.sitting)
    assert page.tell().status_code == 410
    assert told(page.sitting) == []


def test_in_the_lobby_nothing_is_taken(interview, page):
    Sitting.objects.filter(pk=page.sitting.pk).update(started_at=None, minutes=None, deadline=None)
    assert typed(page, 1).tell().status_code == 410


@pytest.mark.parametrize("text", ["x" * 300_000, "é" * 40_000])
def test_what_is_too_large_is_not_taken(page, text):
    answer = page.opened(text).tell()
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
    other = RoomPage(page.client, page.sitting)
    assert other.opened().edit([0, *text.split("x"), text[:40_000], "y" * 30_000]).tell().status_code == 413
    assert told(page.sitting) == []


@pytest.mark.parametrize(("name", "limit"), [("MOST_ENTRIES", 3), ("MOST_BYTES", 500)])
def test_a_sitting_that_is_full_says_so_and_goes_on_being_one(page, monkeypatch, name, limit):
    monkeypatch.setattr(recording, name, limit)
    typed(page, 20)
    assert page.tell(1, 2).status_code == 200
    assert not Recording.objects.get().cut_at
    answer = page.tell(3)
    assert (answer.status_code, answer.json()["error"]) == (413, "full")
    assert len(told(page.sitting)) == 2
    first = Recording.objects.get().cut_at
    assert first
    page.tell(3)
    assert Recording.objects.get().cut_at == first
    page.send("pass", recorded=None)
    assert told(page.sitting)[-1] == (3, "sent", None)


def test_what_is_known_already_needs_no_room(page, monkeypatch):
    typed(page, 2).tell()
    size = Recording.objects.get().size
    monkeypatch.setattr(recording, "MOST_BYTES", size)
    assert page.tell().json() == {"next": 4}
    assert Recording.objects.get().size == size > 0


def test_nobody_else_tells_anything(interview, page, ines, ana):
    page.opened()
    colleague, _ = started(interview, "dora@example.org")
    for client in (colleague, signed_in(ines), signed_in(ana)):
        page.client = client
        assert page.tell().status_code == 404
    page.client = Client()
    assert page.tell().status_code in {302, 401}
    assert not Entry.objects.exists()


def test_it_only_takes(page):
    assert page.client.get(page.address).status_code == 405


@pytest.mark.parametrize("kind", ["run", "submit", "scratch"])
def test_what_is_sent_has_its_entry(page, kind):
    page.opened("pass").tell()
    sent = page.send("pass", kind=kind, **({"snippet": "1"} if kind == "scratch" else {}))
    entry = Entry.objects.get(kind="sent")
    assert (entry.number, entry.page, entry.sequence, entry.task.challenge.slug) == (2, "", None, page.task)
    assert entry.data == {
        "submission": str(sent.pk), "kind": kind, "page": page.name, "sequence": 1,
        "sha256": "d74ff0ee8da3b9806b18c877dbf29bbde50b5bd8e4dad7a3a725000feb82e8f1",
    }  # fmt: skip


def test_an_entry_and_its_submission_come_together_or_not_at_all(page, monkeypatch):
    def fail(**facts: object) -> None:
        raise RuntimeError("asked to fail")

    monkeypatch.setattr("gradetape.interviews.views.room.note_sent", fail)
    with pytest.raises(RuntimeError, match="asked to fail"):
        page.send("pass", recorded=None)
    assert not Submission.objects.exists()


@pytest.mark.parametrize("recorded", [{}, {"page": "here", "sequence": 1}, {"page": None, "sequence": 1}, 3, [1]])
def test_a_sending_that_names_no_entry_is_refused(page, recorded):
    with pytest.raises(AssertionError, match="not_json"):
        page.send("pass", recorded=recorded)
    assert not Submission.objects.exists()


def test_what_is_handed_in_has_its_entry(page):
    page.opened("a").edit([1, "x = 1"]).tell()
    save(page.client, page.sitting, "x = 1")
    let_pass(page.sitting, minutes=61)
    assert sit.close_due() == 1
    entry = Entry.objects.get(kind="sent")
    sent = Submission.objects.get()
    assert (entry.data["submission"], entry.data["handed_in"]) == (str(sent.pk), True)
    assert "page" not in entry.data
    assert matches_of(page.sitting) == {sent.pk: Match.EXACT}


def test_a_sitting_takes_its_entries_along_when_it_is_deleted(page):
    typed(page, 3).tell()
    page.send("pass")
    page.sitting.delete()
    assert not Entry.objects.exists()
    assert not Recording.objects.exists()
