"""Many viewers of event streams on one web process, while submissions are graded.

`python -m bench.streams [VIEWERS] [SUBMISSIONS]` starts an installation of its own (Redis, one web process, one
worker) and prints one line of JSON: how long after Redis has an event its viewers have it (ms), what each viewer
missed, the web's memory before and with the viewers, and its CPU seconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import django
import psutil
from redis.asyncio import Redis

from grader.package import Package, library
from tests.browser.installation import Installation

VIEWERS, SUBMISSIONS, SLUG = 500, 50, "custom-metric"
LONGEST = 1500.0
Seen = dict[str, float]  # the moment (monotonic, seconds) at which each event id was there


@dataclass(frozen=True)
class Watched:
    """One submission, and the cookie of the one who may watch it."""

    pk: str
    cookie: str


@dataclass
class Viewer:
    """One connection, with what came over it."""

    watched: Watched
    seen: Seen = field(default_factory=dict)
    ended: bool = False

    async def watch(self, port: int) -> None:
        """Read the stream until it says `end`, with a socket and nothing else, so that the viewers cost little."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        request = (
            f"GET /submissions/{self.watched.pk}/events/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Accept: text/event-stream\r\nCookie: sessionid={self.watched.cookie}\r\n\r\n"
        )
        writer.write(request.encode())
        async for line in reader:
            if line.startswith(b"id: "):
                self.seen[line[4:].decode().strip()] = time.monotonic()
            if line.startswith(b"event: end"):
                self.ended = True
                break
        writer.close()


def people_with_submissions(count: int) -> list[Watched]:
    """As many people, each with a session and one submission on its way."""
    from django.test import Client  # these import models, which exist once Django is set up

    from gradetape.accounts.models import User
    from gradetape.catalog.models import Challenge
    from gradetape.submissions.actions import submit
    from gradetape.submissions.models import Kind

    version = Challenge.objects.select_related("live").get(slug=SLUG).live
    assert version, f"{SLUG} is not published"
    source = next(iter(Package.from_folder(library()[SLUG]).submissions("accepted").values()))
    made = []
    for number in range(count):
        person = User.objects.create(email=f"viewer{number}@example.org", display_name=f"Viewer {number}")
        client = Client()
        client.force_login(person)
        sent = submit(candidate=person, version=version, source=source, kind=Kind.SUBMIT)
        made.append(Watched(str(sent.pk), client.cookies["sessionid"].value))
    return made


async def published(redis: Redis, watched: Iterable[Watched]) -> dict[str, Seen]:
    """When each event got into Redis, read beside the web process; runs until it is cancelled."""
    keys = {f"gradetape:story:{one.pk}": one.pk for one in watched}
    seen: dict[str, Seen] = {pk: {} for pk in keys.values()}
    last: dict[Any, Any] = dict.fromkeys(keys, "0-0")
    try:
        while True:
            found: Any = await redis.xread(last, block=1000)
            for key, entries in found:
                for entry_id, _ in entries:
                    seen[keys[key]].setdefault(entry_id, time.monotonic())
                    last[key] = entry_id
    except asyncio.CancelledError:
        return seen


async def run(installation: Installation, watched: list[Watched], viewers: int) -> dict[str, object]:
    web = psutil.Process(installation.processes[1].pid)
    before, cpu = web.memory_info().rss, sum(web.cpu_times()[:2])
    redis = Redis.from_url(installation.environment["REDIS_URL"], decode_responses=True)
    beside = asyncio.create_task(published(redis, watched))
    people = [Viewer(watched[number % len(watched)]) for number in range(viewers)]
    began = time.monotonic()
    tasks = [asyncio.create_task(person.watch(installation.port)) for person in people]
    await asyncio.sleep(10)
    during = web.memory_info().rss
    await asyncio.wait_for(asyncio.gather(*tasks), LONGEST)
    beside.cancel()
    sources = await beside
    await redis.aclose()
    return {
        "viewers": viewers,
        "submissions": len(watched),
        "seconds": round(time.monotonic() - began, 1),
        "ended": sum(person.ended for person in people),
        "events": sum(len(person.seen) for person in people),
        "missed": sum(len(sources[person.watched.pk].keys() - person.seen.keys()) for person in people),
        **latency(people, sources, began + 10),
        "web_rss_mb": [round(before / 2**20), round(during / 2**20)],
        "web_cpu_s": round(sum(web.cpu_times()[:2]) - cpu, 1),
    }


def latency(people: list[Viewer], sources: dict[str, Seen], since: float) -> dict[str, float]:
    """Milliseconds from Redis to the viewer, for events that came once all viewers were there."""
    late = sorted(
        1000 * (at - sources[person.watched.pk][event])
        for person in people
        for event, at in person.seen.items()
        if sources[person.watched.pk].get(event, 0) > since
    )
    cuts = statistics.quantiles(late, n=100)
    return {"p50_ms": round(cuts[49], 1), "p95_ms": round(cuts[94], 1), "worst_ms": round(late[-1], 1)}


def main(viewers: int, submissions: int) -> None:
    with Installation() as installation:
        os.environ.update(installation.environment)
        django.setup()
        watched = people_with_submissions(submissions)
        print(json.dumps(asyncio.run(run(installation, watched, viewers))))


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(arguments + [VIEWERS, SUBMISSIONS][len(arguments) :]))
