"""A page of a candidate's room, as the timeline's tests play it."""

import json
import threading
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection
from django.test import Client
from interviewing import started

from gradetape.interviews.models import Interview, Sitting
from gradetape.submissions.models import Submission
from gradetape.timeline.models import Entry


class RoomPage:
    """Numbers what happens, and tells it in batches. Its clock shows `now` milliseconds."""

    def __init__(self, client: Client, sitting: Sitting, task: str = "doubling") -> None:
        self.client, self.sitting, self.task = client, sitting, task
        self.name = str(uuid.uuid4())
        self.entries: list[dict[str, Any]] = []
        self.now = 1_000_000

    @property
    def address(self) -> str:
        return f"{self.sitting.get_absolute_url()}timeline/"

    def add(self, kind: str, **data: Any) -> "RoomPage":
        self.entries.append({"sequence": len(self.entries) + 1, "t": self.now, "kind": kind, **data})
        return self

    def opened(self, text: str = "") -> "RoomPage":
        return self.add("opened", text=text)

    def edit(self, *changes: Any, **data: Any) -> "RoomPage":
        return self.add("edit", changes=list(changes), **data)

    def batch(self, first: int = 1, last: int | None = None, **other: Any) -> dict[str, Any]:
        """The entries of these sequence numbers, as they are sent."""
        told = {"page": self.name, "task": self.task, "sent": self.now, "entries": self.entries[first - 1 : last]}
        return told | other

    def tell(self, first: int = 1, last: int | None = None, **other: Any) -> Any:
        return self.post(self.batch(first, last, **other))

    def post(self, body: Any) -> Any:
        return self.client.post(self.address, json.dumps(body), content_type="application/json")

    def send(self, source: str, kind: str = "submit", recorded: Any = "last", **other: Any) -> Submission:
        """Send a source, with the last entry unless told otherwise; None: as if nothing was recorded."""
        if recorded == "last":
            recorded = {"page": self.name, "sequence": len(self.entries)}
        body = {"source": source, "kind": kind, "recorded": recorded, **other}
        where = f"{self.sitting.get_absolute_url()}challenges/{self.task}/submissions/"
        answer = self.client.post(where, json.dumps(body), content_type="application/json")
        assert answer.status_code == 201, answer.content
        return Submission.objects.get(pk=answer.json()["id"])


def a_page(interview: Interview, email: str = "cleo@example.org") -> RoomPage:
    """The room's page of somebody who has just started."""
    return RoomPage(*started(interview, email))


def told(sitting: Sitting) -> list[tuple[int, str, int | None]]:
    """Number, kind and sequence of each entry."""
    return list(Entry.objects.filter(sitting=sitting).order_by("number").values_list("number", "kind", "sequence"))


def typed(page: RoomPage, count: int) -> RoomPage:
    """An `opened` and so many letters."""
    page.opened()
    for n in range(count):
        page.edit(*([n] if n else []), [0, "x"])
    return page


def tell_at_once(pages: Sequence[RoomPage]) -> set[int]:
    """Have each of them tell all that it has in batches of five, at the same time; the statuses that they got."""
    together = threading.Barrier(len(pages))

    def tell_all(one: RoomPage) -> set[int]:
        try:
            together.wait(60)
            return {one.tell(first, first + 4).status_code for first in range(1, len(one.entries) + 1, 5)}
        finally:
            connection.close()

    with ThreadPoolExecutor(len(pages)) as pool:
        return set().union(*[done.result() for done in [pool.submit(tell_all, one) for one in pages]])
