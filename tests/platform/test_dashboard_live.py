"""The dashboard's list while submissions are under way: one stream for all of them, and the same rows as JSON."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from support import finish

from gradetape import broker
from gradetape.standings import live
from gradetape.standings.live import Tally
from gradetape.submissions import attempts
from gradetape.submissions.models import Ending, Kind
from gradetape.submissions.story import Event, EventId
from gradetape.submissions.teller import Teller

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


async def watch(user) -> AsyncIterator[tuple[str, dict]]:
    """The frames of a new connection, without comments."""
    client = AsyncClient()
    await client.aforce_login(user)
    answer = await client.get("/dashboard/events/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream")
    async with aclosing(answer.streaming_content) as chunks:
        async for chunk in chunks:
            fields = dict(line.partition(": ")[::2] for line in chunk.decode().strip().splitlines())
            if "event" in fields:
                yield fields["event"], json.loads(fields["data"])


async def until(frames, condition) -> dict:
    """The first row for which something holds."""
    async with asyncio.timeout(30):
        async for _, row in frames:
            if row and condition(row):
                return row
    raise AssertionError("the stream ended before")


async def test_several_submissions_are_told_over_one_stream(send, take, ana):
    first, second = [await sync_to_async(send)(ana, kind=kind) for kind in (Kind.SUBMIT, Kind.RUN)]
    frames = watch(ana)
    row = await until(frames, lambda row: row["id"] == str(first.pk))
    assert (row["state"], row["landed"], row["total"]) == ("queued", 0, 3)
    claims = {one.pk: await sync_to_async(take)(one) for one in (first, second)}
    teller = Teller(first.pk, claims[first.pk].attempt)
    await sync_to_async(teller.tell)("started", {})
    await sync_to_async(teller.tell)("case", {"case": "two"})
    row = await until(frames, lambda row: row["landed"])
    assert (row["id"], row["state"], row["landed"]) == (str(first.pk), "running", 1)
    await sync_to_async(finish)(claims[second.pk])
    row = await until(frames, lambda row: row["id"] == str(second.pk) and row["verdict"])
    assert (row["verdict"], row["score"], row["total"]) == ("accepted", 100, 1)
    await sync_to_async(finish)(claims[first.pk])
    async with asyncio.timeout(30):
        rest = [frame async for frame in frames]
    assert rest[-1] == ("end", {})
    assert (str(first.pk), "accepted") in [(row.get("id"), row.get("verdict")) for _, row in rest]


async def test_what_is_sent_meanwhile_joins_the_stream(send, take, ana):
    first = await sync_to_async(send)(ana)
    frames = watch(ana)
    await until(frames, lambda row: row["id"] == str(first.pk))
    second = await sync_to_async(send)(ana)
    assert await until(frames, lambda row: row["id"] == str(second.pk))
    await frames.aclose()


async def test_without_redis_the_database_says_how_it_ended(send, take, ana, monkeypatch):
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.5)
    submission = await sync_to_async(send)(ana)
    claim = await sync_to_async(take)(submission)
    frames = watch(ana)
    await until(frames, lambda row: row["state"] == "running")
    await sync_to_async(finish)(claim)
    await sync_to_async(broker.client().flushall)()
    assert await until(frames, lambda row: row["verdict"] == "accepted")
    await frames.aclose()


async def test_a_stream_with_nothing_under_way_ends_at_once(send, take, ana):
    submission = await sync_to_async(send)(ana)
    await sync_to_async(lambda: finish(take(submission)))()
    async with asyncio.timeout(20):
        told = [frame async for frame in watch(ana)]
    assert [(kind, row.get("verdict")) for kind, row in told] == [("row", "accepted"), ("end", None)]


def test_a_restart_counts_from_the_beginning(send, take, ana, as_ana):
    submission = send(ana)
    claim = take(submission)
    Teller(submission.pk, claim.attempt).tell("case", {"case": "two"})
    assert as_ana.get("/dashboard/recent/").json()["rows"][0]["landed"] == 1
    attempts.give_back(submission_id=submission.pk, attempt=1, ending=Ending.LOST, fault="gone")
    row = as_ana.get("/dashboard/recent/").json()["rows"][0]
    assert (row["state"], row["landed"], row["ahead"]) == ("queued", 0, 0)


def test_an_event_that_comes_twice_counts_once():
    tally, case = Tally(), Event(EventId(1, 2), "case", "{}")
    tally.take([case, case, Event(EventId(1, 1), "case", "{}")])
    assert (tally.landed, tally.last) == (1, EventId(1, 2))


def test_others_submissions_are_not_told(send, ana, as_bob):
    send(ana)
    assert as_bob.get("/dashboard/recent/").json() == {"rows": []}
