"""Watching and replaying: who may, what they are told, and that watchers cost nothing."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from interviewing import an_interview, enter, let_pass, link_for, started
from support import finish, signed_in
from typing_along import write

from gradetape.accounts.models import Role, User
from gradetape.audit.models import AuditEntry
from gradetape.interviews.actions import sit
from gradetape.interviews.models import Sitting
from gradetape.submissions import actions, attempts, reader
from gradetape.submissions.models import Kind, Submission
from gradetape.submissions.teller import Teller
from gradetape.timeline import live
from gradetape.timeline.models import Recording

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
PAGES = ["watch/", "watch/events/", "replay/", "replay/matches/", "timeline/"]
OPENED = (0, "opened", {"text": "x = 1"})
EDIT = (1, "edit", {"changes": [5, [0, "2"]]})


@pytest.fixture
def other(db) -> User:
    return User.objects.create_user("olga@example.org", "d-long-password", display_name="Olga", role=Role.INTERVIEWER)


@pytest.fixture
def seat(ines, version):
    client, sitting = started(an_interview(ines, [version.challenge]))
    return client, Sitting.objects.select_related("invitation__interview", "candidate").get(pk=sitting.pk)


@pytest.fixture
def quick(monkeypatch) -> None:
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(reader, "BLOCK_MILLISECONDS", 100)


def place_of(sitting: Sitting) -> str:
    return f"/interviews/{sitting.interview.pk}/candidates/{sitting.pk}/"


def sent_by(seat) -> Submission:
    """A submission that no entry tells of, so that a test counts its own."""
    sitting = seat[1]
    version = sitting.interview.tasks.get().version
    return actions.submit(candidate=sitting.candidate, version=version, source=b"pass", kind=Kind.SUBMIT, paced=False)


@pytest.mark.parametrize("page", PAGES)
def test_it_is_there_for_the_team_alone(seat, ines, other, as_bob, ada, page):
    candidate, sitting = seat
    path = place_of(sitting) + page
    assert signed_in(ines).get(path).status_code == 200
    assert signed_in(ada).get(path).status_code == 200
    for client in (as_bob, candidate, signed_in(other)):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_sitting_of_another_interview_or_not_yet_started_is_not_there(seat, ines, other, version, page):
    _, sitting = seat
    theirs = an_interview(other, [version.challenge])
    mine = an_interview(ines, [version.challenge])
    _, waiting = enter(link_for(mine, "late@example.org"))
    for interview, one in ((theirs, sitting), (mine, sitting), (mine, waiting)):
        path = f"/interviews/{interview.pk}/candidates/{one.pk}/{page}"
        assert signed_in(ines).get(path).status_code == 404


@pytest.mark.parametrize("page", ["events/", "state/"])
def test_a_submission_s_whole_story_is_for_the_team_alone(seat, ines, other, as_bob, page):
    candidate, sitting = seat
    path = f"/interviews/{sitting.interview.pk}/submissions/{sent_by(seat).pk}/{page}"
    assert signed_in(ines).get(path).status_code == 200
    for client in (as_bob, candidate, signed_in(other)):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("page", ["events/", "state/"])
def test_what_was_not_sent_in_the_interview_is_not_there(seat, ines, send, ana, page):
    path = f"/interviews/{seat[1].interview.pk}/submissions/{send(ana).pk}/{page}"
    assert signed_in(ines).get(path).status_code == 404


def test_interviewers_are_told_what_the_candidate_is_not(seat, ines):
    _, sitting = seat
    sent = sent_by(seat)
    claim = attempts.claim(submission_id=sent.pk, worker="here")
    assert claim
    Teller(sent.pk, claim.attempt).tell("case", {"case": "three", "hint": "planted-hint-three"})
    told = signed_in(ines).get(f"/interviews/{sitting.interview.pk}/submissions/{sent.pk}/state/").json()
    assert [event["data"]["case"] for event in told["events"] if event["type"] == "case"] == ["three"]


def test_the_timeline_says_when_and_how_far(seat, ines):
    _, sitting = seat
    let_pass(sitting, seconds=90)
    write(sitting, OPENED, EDIT)
    Recording.objects.create(sitting=sitting, cut_at=sitting.started_at + timedelta(seconds=60))
    told = signed_in(ines).get(place_of(sitting) + "timeline/").json()
    assert [one["n"] for one in told["entries"]] == [1, 2]
    assert told["entries"][1] == {
        "n": 2, "at": 1.0, "kind": "edit", "task": "doubling", "page": told["entries"][0]["page"],
        "changes": [5, [0, "2"]],
    }  # fmt: skip
    assert (told["next"], told["more"], told["ended"], told["cut"]) == (2, False, None, 60)
    assert told["now"] >= 90
    sit.hand_in(sitting=sitting)
    after = signed_in(ines).get(place_of(sitting) + "timeline/?after=1").json()
    assert [one["n"] for one in after["entries"]] == [2]
    assert after["ended"] >= 90


@pytest.mark.parametrize("after", ["-1", "x", "1e3", "9" * 40, "²"])
def test_an_odd_number_means_the_beginning(seat, ines, after):
    _, sitting = seat
    write(sitting, OPENED)
    told = signed_in(ines).get(place_of(sitting) + "timeline/", {"after": after}).json()
    assert len(told["entries"]) == 1


def test_half_a_character_goes_through(seat, ines):
    _, sitting = seat
    write(sitting, (0, "opened", {"text": "\ud83d\x00"}))
    told = signed_in(ines).get(place_of(sitting) + "timeline/").json()
    assert told["entries"][0]["text"] == "\ud83d\x00"
    frame = live.entry_frame(live.entries_after(sitting, {}, 0, 9)[0][0]).frame
    assert json.loads(frame.partition(b"data: ")[2])["text"] == "\ud83d\x00"


def test_looking_is_written_down_once(seat, ines):
    _, sitting = seat
    client = signed_in(ines)
    for page in ("watch/", "timeline/", "watch/", "replay/"):
        client.get(place_of(sitting) + page)
    looks = AuditEntry.objects.filter(scope=sitting.interview.scope, about=f"sitting:{sitting.pk}")
    assert sorted(looks.values_list("action", "actor__email")) == [
        ("sitting.replayed", "ines@example.org"), ("sitting.watched", "ines@example.org"),
    ]  # fmt: skip


def test_what_is_over_is_replayed(seat, ines):
    _, sitting = seat
    sit.hand_in(sitting=sitting)
    answer = signed_in(ines).get(place_of(sitting) + "watch/")
    assert (answer.status_code, answer.url) == (302, place_of(sitting) + "replay/")


def test_hidden_names_stay_hidden(seat, ines):
    _, sitting = seat
    sitting.interview.hides_names = True
    sitting.interview.save()
    for page in ("watch/", "replay/"):
        text = signed_in(ines).get(place_of(sitting) + page).content.decode()
        assert "Candidate 1" in text
        assert "Cleo" not in text


def test_a_page_costs_the_same_however_much_was_typed(seat, ines):
    _, sitting = seat
    client = signed_in(ines)

    def cost(page: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(place_of(sitting) + page).status_code == 200
        return len(queries)

    cost("replay/"), cost("watch/")
    before = {page: cost(page) for page in ("watch/", "replay/", "timeline/", "replay/matches/")}
    write(sitting, OPENED, *[(1, "edit", {"changes": [5 + n, [0, "2"]]}) for n in range(300)])
    for _ in range(3):
        sent_by(seat)
    assert {page: cost(page) for page in before} == before


async def watch(user, sitting: Sitting, after: int | None = None) -> AsyncIterator[tuple[str, dict]]:
    """The frames of a new connection, without comments."""
    client = AsyncClient()
    await client.aforce_login(user)
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    answer = await client.get(place_of(sitting) + "watch/events/", headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream")
    async with aclosing(answer.streaming_content) as chunks:
        async for chunk in chunks:
            fields = dict(line.partition(": ")[::2] for line in chunk.decode().strip().splitlines())
            if "event" in fields:
                yield fields["event"], json.loads(fields["data"])


async def until(frames, event: str, **facts) -> dict:
    """The next frame of a kind for which these facts hold."""
    async with asyncio.timeout(60):
        async for name, data in frames:
            if name == event and facts.items() <= data.items():
                return data
    raise AssertionError("the stream ended before")


async def test_what_is_typed_comes_to_all_who_watch(seat, ines, ada, quick):
    _, sitting = seat
    await sync_to_async(write)(sitting, OPENED)
    first, second = watch(ines, sitting), watch(ada, sitting)
    for frames in (first, second):
        assert (await until(frames, "entry", n=1))["text"] == "x = 1"
        assert (await until(frames, "clock"))["state"] == "running"
    await sync_to_async(write)(sitting, EDIT)
    for frames in (first, second):
        assert (await until(frames, "entry", n=2))["changes"] == [5, [0, "2"]]
        await frames.aclose()


async def test_whoever_comes_back_goes_on_where_they_were(seat, ines, quick):
    _, sitting = seat
    await sync_to_async(write)(sitting, OPENED, EDIT, (2, "left", {}))
    frames = watch(ines, sitting, after=2)
    assert (await until(frames, "entry"))["n"] == 3
    await frames.aclose()


async def test_a_verdict_is_told_when_it_lands_and_to_latecomers(seat, ines, quick):
    _, sitting = seat
    await sync_to_async(write)(sitting, OPENED)
    sent = await sync_to_async(sent_by)(seat)
    frames = watch(ines, sitting)
    await until(frames, "clock")
    claim = await sync_to_async(attempts.claim)(submission_id=sent.pk, worker="here")
    await sync_to_async(finish)(claim)
    told = await until(frames, "entry", kind="verdict")
    assert (told["submission"], told["verdict"], told["first_passed"]) == (str(sent.pk), "accepted", True)
    await frames.aclose()
    late = watch(ines, sitting, after=1)
    assert (await until(late, "entry", kind="verdict"))["submission"] == str(sent.pk)
    await late.aclose()


async def test_time_that_is_given_is_told(seat, ines, quick):
    _, sitting = seat
    frames = watch(ines, sitting)
    before = await until(frames, "clock")
    await sync_to_async(sit.give_extra_time)(invitation=sitting.invitation, minutes=10)
    assert (await until(frames, "clock"))["deadline"] > before["deadline"]
    await frames.aclose()


async def test_it_ends_when_all_is_graded(seat, ines, quick):
    _, sitting = seat
    sent = await sync_to_async(sent_by)(seat)
    frames = watch(ines, sitting)
    await until(frames, "clock")
    await sync_to_async(sit.hand_in)(sitting=sitting)
    assert (await until(frames, "clock"))["state"] == "finished"
    claim = await sync_to_async(attempts.claim)(submission_id=sent.pk, worker="here")
    await sync_to_async(finish)(claim)
    async with asyncio.timeout(60):
        rest = [frame async for frame in frames]
    assert [(name, data.get("kind")) for name, data in rest] == [("entry", "verdict"), ("end", None)]


async def test_many_who_watch_look_once(seat, ines, quick, monkeypatch):
    _, sitting = seat
    await sync_to_async(write)(sitting, OPENED)
    looks = []
    look_at = live.look_at
    monkeypatch.setattr(live, "look_at", lambda sitting_id: looks.append(sitting_id) or look_at(sitting_id))
    everybody = [watch(ines, sitting) for _ in range(8)]
    for frames in everybody:
        await until(frames, "clock")
    looks.clear()
    await asyncio.sleep(1)
    # One look every twentieth of a second at most, not eight.
    assert len(looks) <= 25
    for frames in everybody:
        await frames.aclose()
    # What a server closes when a connection ends is here left to the collector.
    del everybody, frames
    gc.collect()
    await asyncio.sleep(0.5)
    looks.clear()
    await asyncio.sleep(0.3)
    assert not looks


async def test_who_was_too_slow_for_the_news_looks_it_up(seat, ines, quick, monkeypatch):
    monkeypatch.setattr(live, "NEWS_KEPT", 3)
    monkeypatch.setattr(live, "AT_ONCE", 4)
    _, sitting = seat
    await sync_to_async(write)(sitting, OPENED)
    frames = watch(ines, sitting)
    await until(frames, "clock")
    await sync_to_async(write)(sitting, *[(n, "edit", {"changes": [4 + n, [0, "2"]]}) for n in range(1, 30)])
    numbers = [(await until(frames, "entry"))["n"] for _ in range(29)]
    assert numbers == list(range(2, 31))
    await frames.aclose()


async def test_a_stream_that_lasted_asks_again_whether_it_may(seat, ines, quick, monkeypatch):
    monkeypatch.setattr(live, "LONGEST_SECONDS", 0.3)
    monkeypatch.setattr(live, "KEEP_ALIVE_SECONDS", 0.1)
    _, sitting = seat
    async with asyncio.timeout(30):
        rest = [name async for name, _ in watch(ines, sitting)]
    assert "end" not in rest
    await sync_to_async(sitting.interview.team.clear)()
    client = AsyncClient()
    await client.aforce_login(ines)
    assert (await client.get(place_of(sitting) + "watch/events/")).status_code == 404


def test_a_sitting_s_seconds_are_those_of_its_start(seat, ines):
    _, sitting = seat
    told = signed_in(ines).get(place_of(sitting) + "replay/").context["facts"]
    assert told["started"] == sitting.started_at.isoformat()
    assert 0 <= told["now"] <= (timezone.now() - sitting.started_at).total_seconds()
