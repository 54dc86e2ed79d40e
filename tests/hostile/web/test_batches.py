"""The batches of batches.toml, sent to the real server by somebody in the middle of an interview."""

from __future__ import annotations

import json
import tomllib
import uuid
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.hostile.web.server import Server
from tests.hostile.web.visitor import FORM, Answer, Visitor

BATCHES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "batches.toml").read_text())["batches"]
OPENED = '{"kind": "opened", "sequence": 1, "t": 1, "text": "pass"}'
EDIT = '{"kind": "edit", "sequence": 2, "t": 1, "changes": [4, [0, "x"]]}'
LONG = {"{digits}": "9" * 5000, "{kib64}": "#" * 65536, "{deep}": "[" * 100_000}
GOOD = '{"page": "{page}", "task": "markup", "sent": 1, "entries": [{edit}]}'


def filled(text: str, page: str) -> bytes:
    for name, value in {**LONG, "{opened}": OPENED, "{edit}": EDIT, "{page}": page}.items():
        text = text.replace(name, value)
    return text.encode()


class Guest(NamedTuple):
    """Somebody in the middle of their interview, and where their page tells its entries."""

    visitor: Visitor
    where: str

    def tell(self, body: bytes) -> Answer:
        kinds = {"Content-Type": "application/json", "Accept": "application/json"}
        return self.visitor.ask("POST", self.where, body, kinds)


@pytest.fixture(scope="module")
def guest(server: Server) -> Guest:
    """Whoever takes the free seat of the planted interview, and starts."""
    visitor = Visitor(server.proxied_port)
    answer = visitor.fill(server.facts["seat_link"], name="Gil", consent="on")
    assert answer.status == 302, answer.text
    place = answer.headers["location"]
    visitor.ask("GET", place)
    assert visitor.ask("POST", f"{place}start/", "", {"Content-Type": FORM}).status == 302
    return Guest(visitor, f"{place}timeline/")


@pytest.mark.parametrize("batch", BATCHES, ids=[batch["name"] for batch in BATCHES])
def test_a_hostile_batch_is_refused_and_leaves_nothing(guest: Guest, batch: dict[str, Any]) -> None:
    page = str(uuid.uuid4())
    answer = guest.tell(filled(batch["json"], page))
    assert answer.status in batch["status"], (answer.status, answer.text[:500])
    assert batch.get("says", "") in answer.text
    assert "traceback" not in answer.text.lower()
    # Had anything been stored, the server would not ask for the first entry.
    after = guest.tell(filled(GOOD, page))
    assert (after.status, json.loads(after.text)["next"]) == (409, 1)


def test_a_good_batch_is_taken(guest: Guest) -> None:
    """So that what is refused above is refused for what is wrong with it."""
    answer = guest.tell(filled(GOOD.replace("{edit}", "{opened}, {edit}"), str(uuid.uuid4())))
    assert (answer.status, json.loads(answer.text)) == (200, {"next": 3})


def test_names_say_one_batch_each() -> None:
    assert len({batch["name"] for batch in BATCHES}) == len(BATCHES) >= 30
