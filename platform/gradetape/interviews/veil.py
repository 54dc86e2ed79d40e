"""What a candidate is told of a submission while they sit: the whole story, or what their interview lets through.

A veil goes by a closed list. What it does not know it does not pass. The numbers of events are counted anew, since gaps
would say how many were left out.
"""

from collections.abc import AsyncIterator, Iterable
from typing import Any, NamedTuple, Self

import msgspec

from grader.model import Outcome, Verdict
from gradetape.interviews.models import Visibility
from gradetape.submissions.models import Kind, Submission
from gradetape.submissions.story import CLOSING_NUMBER, RESTARTED_NUMBER, Event, EventId

# Stands for a verdict where the true one is kept back; see pages/words.json.
TAKEN = "taken"
PLAIN = {"queued", "started", "restarted", "cancelled", "position"}
OF_A_CASE = {"case_started", "case", "progress", "output"}
AT_FIRST = ("jail_ms", "first_case_ms")


class Seen(NamedTuple):
    """An event as it is passed on, under its new id."""

    id: EventId
    type: str
    data: dict[str, Any]

    def public(self) -> dict[str, Any]:
        """The event as JSON answers carry it."""
        return {"id": str(self.id), "type": self.type, "data": self.data}


class Veil:
    """Passes on one submission's story, event after event from its beginning."""

    def __init__(self, *, samples: Iterable[str], counts: bool) -> None:
        self._samples, self._counts = frozenset(samples), counts
        self._number = 0
        self._began = False
        self._outcomes: dict[str, str] = {}

    @classmethod
    def over(cls, submission: Submission, visibility: str) -> Self | None:
        """The veil over a submission; None where there is nothing to keep back."""
        if visibility == Visibility.EVERYTHING or submission.kind != Kind.SUBMIT:
            return None
        samples = [case["id"] for case in submission.version.cases if case["sample"]]
        return cls(samples=samples, counts=visibility == Visibility.COUNTS)

    def take(self, event: Event) -> Seen | None:
        """The event as the candidate gets it; None for one that is kept back."""
        data = event.values()
        if event.type == "restarted":
            self._number, self._began, self._outcomes = 0, False, {}
        if event.type in OF_A_CASE:
            self._began |= event.type == "case_started"
            case = data.get("case")
            if case not in self._samples and not (event.type == "output" and case is None):
                return None
            if event.type == "case":
                self._outcomes[case] = data["outcome"]
        elif event.type == "finished":
            data = self._finished(data)
        elif event.type not in PLAIN:
            return None
        return Seen(self._renumbered(event.id), event.type, data)

    def _renumbered(self, event_id: EventId) -> EventId:
        if event_id.number in {RESTARTED_NUMBER, CLOSING_NUMBER} or event_id.attempt == 0:
            return event_id
        self._number += 1
        return EventId(event_id.attempt, self._number)

    def _finished(self, data: dict[str, Any]) -> dict[str, Any]:
        """The verdict as far as it may be told: that a file could not be loaded is seen by the samples as well."""
        passed, total = data["passed"], data["total"]
        unloaded = bool(data["message"]) and not self._began
        if not self._counts:
            passed, total = sum(one == Outcome.PASSED for one in self._outcomes.values()), len(self._samples)
        told = data["verdict"] == Verdict.JUDGE_ERROR or unloaded
        if self._counts and passed == total:
            told = True
        timings = {name: data["timings"][name] for name in AT_FIRST if name in data["timings"]}
        return {
            "verdict": data["verdict"] if told else TAKEN, "score": None, "passed": passed, "total": total,
            "message": data["message"] if told else None, "line": data["line"] if told else None, "timings": timings,
        }  # fmt: skip


async def veiled(frames: AsyncIterator[bytes], veil: Veil, after: EventId) -> AsyncIterator[bytes]:
    """A stream that was opened at the story's beginning, with what comes after a (new) id that the veil passes on."""
    async for frame in frames:
        kind, data, written_id = _parsed(frame)
        if kind is None:
            yield frame
        elif kind == "end":
            state = msgspec.json.decode(data).get("state")
            yield _frame("end", {} if state is None else {"state": state, "verdict": None, "score": None})
        elif written_id is None:
            if kind in PLAIN:
                yield frame
        else:
            seen = veil.take(Event(written_id, kind, data.decode()))
            if seen and seen.id > after:
                yield _frame(seen.type, seen.data, seen.id)


def _parsed(frame: bytes) -> tuple[str | None, bytes, EventId | None]:
    """Type, data and id of a frame; a comment and the pause before reconnecting have no type."""
    fields = dict(line.split(b": ", 1) for line in frame.splitlines() if b": " in line)
    kind = fields.get(b"event")
    written_id = fields.get(b"id")
    return (
        kind.decode() if kind else None,
        fields.get(b"data", b"{}"),
        EventId.parse(written_id.decode()) if written_id else None,
    )


def _frame(type: str, data: dict[str, Any], id: EventId | None = None) -> bytes:  # noqa: A002  # the wire's own words
    head = f"id: {id}\n" if id else ""
    return f"{head}event: {type}\ndata: ".encode() + msgspec.json.encode(data) + b"\n\n"
