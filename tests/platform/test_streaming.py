"""The live stream: it starts anywhere, misses nothing, and ends by itself."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import NamedTuple

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from support import expire, finish, result_of, wait_until

from gradetape import broker
from gradetape.submissions import actions, attempts, sweeper
from gradetape.submissions.reader import Follower, reader
from gradetape.submissions.story import Event, EventId
from gradetape.submissions.teller import Teller

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


class Frame(NamedTuple):
    """One event as it came over the wire."""

    id: str
    type: str
    data: dict

    def __str__(self) -> str:
        return f"{self.id} {self.type}".strip()


async def watch(user, submission, after: str = "") -> AsyncIterator[Frame]:
    """The frames of a new connection, without comments."""
    client = AsyncClient()
    await client.aforce_login(user)
    headers = {"Last-Event-ID": after} if after else {}
    answer = await client.get(f"/submissions/{submission.pk}/events/", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/event-stream"
    async with aclosing(answer.streaming_content) as chunks:
        async for chunk in chunks:
            fields = dict(line.partition(": ")[::2] for line in chunk.decode().strip().splitlines())
            if "event" in fields:
                yield Frame(fields.get("id", ""), fields["event"], json.loads(fields["data"]))


async def all_of(user, submission, after: str = "") -> list[str]:
    """The whole of a connection, until the server ends it."""
    async with asyncio.timeout(20):
        return [str(frame) async for frame in watch(user, submission, after) if frame.type != "position"]


@pytest.fixture
async def under_way(send, take, ana):
    """A submission with a teller."""
    submission = await sync_to_async(send)(ana)
    claim = await sync_to_async(take)(submission)
    return submission, claim, Teller(submission.pk, claim.attempt)


async def tell(teller: Teller, *names: str) -> None:
    for name in names:
        await sync_to_async(teller.tell)("case", {"case": name})


async def end(claim: attempts.Claim, teller: Teller) -> None:
    await sync_to_async(attempts.finish)(claim=claim, result=result_of(claim.submission), teller=teller)


async def test_a_finished_submission_is_told_and_ended(send, take, ana):
    submission = await sync_to_async(send)(ana)
    await sync_to_async(lambda: finish(take(submission)))()
    frames = [frame async for frame in watch(ana, submission)]
    assert [str(frame) for frame in frames] == ["0-1 queued", "1-1 finished", "end"]
    assert frames[-1].data == {"state": "finished", "verdict": "accepted", "score": 100.0}


async def test_a_viewer_from_the_start_sees_each_event_as_it_comes(under_way, ana):
    submission, claim, teller = under_way
    watching = asyncio.create_task(all_of(ana, submission))
    for name in ("two", "three"):
        await asyncio.sleep(0.2)
        await tell(teller, name)
    await end(claim, teller)
    assert await watching == ["0-1 queued", "1-1 case", "1-2 case", "1-3 finished", "end"]


async def test_whoever_reconnects_in_the_middle_misses_nothing_and_sees_nothing_twice(under_way, ana):
    submission, claim, teller = under_way
    await tell(teller, "a", "b")
    seen = []
    async with aclosing(watch(ana, submission)) as frames:
        async for frame in frames:
            seen.append(str(frame))
            if frame.id == "1-2":
                break
    await tell(teller, "c", "d")
    watching = asyncio.create_task(all_of(ana, submission, after="1-2"))
    await asyncio.sleep(0.2)
    await tell(teller, "e")
    await end(claim, teller)
    told = [f"1-{number} case" for number in range(1, 6)]
    assert seen + await watching == ["0-1 queued", *told, "1-6 finished", "end"]


async def test_many_viewers_share_one_reader(under_way, ana):
    submission, claim, teller = under_way
    watching, counting = [asyncio.create_task(all_of(ana, submission)) for _ in range(20)], reader()
    await sync_to_async(wait_until, thread_sensitive=False)(lambda: counting.count() == (1, 20))
    await tell(teller, *"abcdef")
    await end(claim, teller)
    stories = await asyncio.gather(*watching)
    assert all(story == stories[0] for story in stories)
    assert len(stories[0]) == 9
    assert reader().count() == (0, 0)


async def test_a_story_that_is_opened_while_another_is_read_is_live_at_once(send, take, ana, bob):
    first, second = [await sync_to_async(send)(user) for user in (ana, bob)]
    claims = [await sync_to_async(take)(submission) for submission in (first, second)]
    watching = asyncio.create_task(all_of(ana, first))
    await asyncio.sleep(0.3)
    later = asyncio.create_task(anext(frame async for frame in watch(bob, second) if frame.type == "case"))
    await asyncio.sleep(0.3)
    teller = Teller(second.pk, 1)
    await tell(teller, "quick")
    async with asyncio.timeout(2):
        assert (await later).data["case"] == "quick"
    await end(claims[0], Teller(first.pk, 1))
    assert (await watching)[-1] == "end"


async def test_the_end_is_told_although_redis_is_away(under_way, ana, redis_process):
    submission, claim, teller = under_way
    watching = asyncio.create_task(all_of(ana, submission))
    await asyncio.sleep(0.5)
    redis_process.stop()
    try:
        await tell(teller, "unheard")
        await end(claim, teller)
        assert await watching == ["0-1 queued", "1-1 case", "1-2 finished", "end"]
    finally:
        redis_process.start()


async def test_the_stream_goes_on_after_redis_was_restarted(under_way, ana, redis_process):
    submission, claim, teller = under_way
    watching = asyncio.create_task(all_of(ana, submission))
    await tell(teller, "before")
    await asyncio.sleep(0.3)
    redis_process.stop()
    await asyncio.sleep(0.3)
    redis_process.start()
    await tell(teller, "after")
    await end(claim, teller)
    assert await watching == ["0-1 queued", "1-1 case", "1-2 case", "1-3 finished", "end"]


async def test_the_stream_goes_on_after_redis_forgot_everything(under_way, ana):
    submission, claim, teller = under_way
    watching = asyncio.create_task(all_of(ana, submission))
    await tell(teller, "before")
    await asyncio.sleep(0.3)
    await sync_to_async(broker.client().flushall)()
    await tell(teller, "after")
    await end(claim, teller)
    assert await watching == ["0-1 queued", "1-1 case", "1-2 case", "1-3 finished", "end"]


async def test_a_restart_is_told_and_the_new_attempt_follows(under_way, take, ana):
    submission, _, teller = under_way
    watching = asyncio.create_task(all_of(ana, submission))
    await tell(teller, "lost")
    await asyncio.sleep(0.3)
    await sync_to_async(expire)(submission)
    await sync_to_async(sweeper.sweep)()
    claim = await sync_to_async(take)(submission)
    await end(claim, Teller(submission.pk, claim.attempt))
    assert await watching == ["0-1 queued", "1-1 case", "1-2147483648 restarted", "2-1 finished", "end"]


async def test_cancelling_ends_the_stream(under_way, ana):
    submission, _, _ = under_way
    watching = asyncio.create_task(all_of(ana, submission))
    await asyncio.sleep(0.3)
    await sync_to_async(actions.cancel)(submission=submission)
    assert await watching == ["0-1 queued", "1-2147483649 cancelled", "end"]


async def test_whoever_waits_is_told_when_the_queue_moves(send, take, ana, bob):
    first, second = [await sync_to_async(send)(user) for user in (ana, bob)]
    places = []
    async with asyncio.timeout(10), aclosing(watch(bob, second)) as frames:
        async for frame in frames:
            if frame.type == "position":
                assert not frame.id
                places.append(frame.data)
                if len(places) == 2:
                    break
                await sync_to_async(take)(first)
    assert places == [{"position": 2, "ahead": 1}, {"position": 1, "ahead": 0}]


def test_polling_tells_the_same_story(send, take, ana, as_ana):
    submission = send(ana)
    finish(take(submission))
    told = as_ana.get(f"/submissions/{submission.pk}/state/?after=0-1").json()
    assert (told["state"], told["verdict"], told["position"]) == ("finished", "accepted", None)
    assert [(event["id"], event["type"]) for event in told["events"]] == [("1-1", "finished")]


async def test_a_viewer_that_is_too_slow_is_marked_and_not_waited_for():
    follower = Follower()
    for number in range(1_001):
        follower.offer(Event.of(EventId(1, number), "progress", {}))
    assert follower.is_behind
    follower.start_over()
    assert await follower.take(0) == []
