"""A sitting that is over, written into an installation's database.

    python -m tests.browser.recorded EMAIL EDITS MINUTES
    python -m tests.browser.recorded EMAIL invited      # only the interview, and a link for a candidate
    python -m tests.browser.recorded EMAIL started      # a sitting that goes on, in which nothing was opened yet

The candidate pastes, types, runs the samples, leaves and comes back, submits what fails and then what passes, opens the
next challenge, and is handed in. EDITS are made up to so many by typing and taking back. Prints the address of its
interview's pages about the candidate, and the sources, as JSON.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402 - models need the set-up above

from gradetape.accounts.models import User  # noqa: E402
from gradetape.catalog.models import Challenge, ChallengeVersion  # noqa: E402
from gradetape.interviews.actions import invite, setup, sit  # noqa: E402
from gradetape.interviews.actions.invite import Link  # noqa: E402
from gradetape.interviews.models import Ending, Interview, Sitting, Task  # noqa: E402
from gradetape.submissions.models import CaseResult, Kind, State, Submission  # noqa: E402
from gradetape.submissions.story import Event, EventId  # noqa: E402
from gradetape.timeline.models import Entry  # noqa: E402
from tests.browser.conftest import SUBMISSIONS  # noqa: E402

SLUGS = ("custom-layer", "custom-metric")
PAGES = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@dataclass
class Typist:
    """Writes the entries of one sitting down as its text grows."""

    sitting: Sitting
    second: float = 0
    text: str = ""
    place: int = 0
    rows: list[Entry] = field(default_factory=list)
    sequences: dict[str, int] = field(default_factory=dict)

    def tell(self, name: str, task: Task, by_server: bool = False, **data: Any) -> None:
        page = "" if by_server else PAGES[self.place]
        sequence = None
        if page:
            sequence = self.sequences[page] = self.sequences.get(page, 0) + 1
        assert self.sitting.started_at
        at = self.sitting.started_at + timedelta(seconds=self.second)
        number = len(self.rows) + 1
        self.rows.append(
            Entry(
                sitting=self.sitting, number=number, at=at, kind=name, task=task, page=page, sequence=sequence,
                data=data,
            )
        )  # fmt: skip

    def open(self, task: Task) -> None:
        self.place = task.position - 1
        assert task.version
        self.text = task.version.starter
        self.tell("opened", task, text=self.text)

    def replace(self, task: Task, begin: int, end: int, new: str, pasted: bool = False) -> None:
        """Put a new text in the place of another, in code points; in the entries they are code units."""
        head, gone, tail = units(self.text[:begin]), units(self.text[begin:end]), units(self.text[end:])
        middle: list[Any] = [gone, *new.split("\n")] if new else [gone]
        changes = [part for part in (head, middle, tail) if part != 0]
        self.text = self.text[:begin] + new + self.text[end:]
        self.tell("edit", task, changes=changes, **({"pasted": units(new)} if pasted else {}))

    def sent(self, task: Task, submission: Submission, **facts: Any) -> None:
        digest = hashlib.sha256(bytes(submission.source)).hexdigest()
        told = {"submission": str(submission.pk), "kind": submission.kind, "sha256": digest}
        if not facts:
            facts = {"page": PAGES[self.place], "sequence": self.sequences[PAGES[self.place]]}
        self.tell("sent", task, by_server=True, **told, **facts)


def write(typist: Typist, task: Task, wanted: str, chance: random.Random) -> None:
    """Turn the text into another: a third is pasted, the rest typed character by character."""
    cut = len(wanted) // 3
    typist.replace(task, 0, len(typist.text), wanted[:cut], pasted=True)
    for character in wanted[cut:]:
        typist.second += chance.uniform(0.05, 0.35)
        typist.replace(task, len(typist.text), len(typist.text), character)


def dawdle(typist: Typist, task: Task, edits: int, until: float, chance: random.Random) -> None:
    """Type something and take it back, until there are so many edits."""
    pairs = max(0, (edits - len(typist.rows)) // 2)
    pause = max(0.0, until - typist.second) / max(1, 2 * pairs)
    for _ in range(pairs):
        at = chance.randint(0, len(typist.text))
        typist.second += pause
        typist.replace(task, at, at, chance.choice("abcdefgh"))
        typist.second += pause
        typist.replace(task, at, at + 1, "")


def graded(typist: Typist, task: Task, source: str, kind: Kind, failing: int, took: float) -> Submission:
    """A submission of this moment that was graded some seconds later, with so many cases that fail."""
    version, sitting = task.version, typist.sitting
    assert version
    assert sitting.started_at
    at = sitting.started_at + timedelta(seconds=typist.second)
    cases = results(version, kind, failing)
    earned, points = sum(case.earned for case in cases), sum(case.points for case in cases)
    verdict = "partial" if failing else "accepted"
    made = Submission.objects.create(
        candidate=sitting.candidate, version=version, kind=kind, source=source.encode(), seed=version.archive.seeds[0],
        created_at=at, state=State.FINISHED, attempt=1, verdict=verdict, score=100 * earned / points,
        finished_at=at + timedelta(seconds=took),
    )  # fmt: skip
    for case in cases:
        case.submission = made
    CaseResult.objects.bulk_create(cases)
    for number, (name, data) in enumerate(story(cases, made), start=1):
        Event.of(EventId(1, number), name, data).row(made.pk).save()
    return made


def results(version: ChallengeVersion, kind: Kind, failing: int) -> list[CaseResult]:
    asked = [case for case in version.cases if case["sample"] or kind == Kind.SUBMIT]
    return [
        CaseResult(
            position=place, case=case["id"], part=case["part"], title=case["title"], points=case["points"],
            earned=0 if place >= len(asked) - failing else case["points"], sample=case["sample"], hint="Look again.",
            outcome="failed" if place >= len(asked) - failing else "passed",
            message="The numbers differ." if place >= len(asked) - failing else "",
        )
        for place, case in enumerate(asked)
    ]  # fmt: skip


def story(cases: list[CaseResult], submission: Submission) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "started", {}
    names = ("case", "part", "title", "points", "earned", "outcome", "sample", "hint", "message")
    for case in cases:
        yield "case", {name: getattr(case, name) for name in names} | {"seconds": None, "difference": None}
    passed = sum(case.outcome == "passed" for case in cases)
    told = {"verdict": submission.verdict, "score": submission.score, "message": None, "line": None}
    yield "finished", {**told, "passed": passed, "total": len(cases), "timings": {}}


def interview_of(email: str, minutes: int) -> tuple[Interview, Link]:
    """An open interview of two challenges, set up by whoever has this address, and the link of one who is invited."""
    interview = Interview(title="Layers and metrics", minutes=minutes)
    asked = [setup.Asked(Challenge.objects.get(slug=slug), 1) for slug in SLUGS]
    setup.set_up(interview=interview, asked=asked, by=User.objects.get(email=email))
    setup.open_up(interview=interview)
    name = f"Cleo <cleo{Interview.objects.count()}@example.org>"
    made = invite.invite(interview=interview, text=name, expires_at=timezone.now() + timedelta(days=1))
    return interview, made.links[0]


def sitting_of(email: str, minutes: int) -> Sitting:
    """A sitting that is over."""
    _, link = interview_of(email, minutes)
    sitting = invite.accept(invitation=link.invitation, name="Cleo")
    started = timezone.now() - timedelta(minutes=minutes, seconds=30)
    deadline = started + timedelta(minutes=minutes)
    Sitting.objects.filter(pk=sitting.pk).update(
        started_at=started, deadline=deadline, minutes=minutes, finished_at=deadline, ending=Ending.TIME_UP
    )
    return Sitting.objects.get(pk=sitting.pk)


def record(email: str, edits: int, minutes: int) -> dict[str, Any]:
    chance = random.Random(6)
    sitting = sitting_of(email, minutes)
    first, second = sitting.interview.tasks.select_related("version").order_by("position")
    wrong = (SUBMISSIONS / "rejected/penalty_halved.py").read_text(encoding="utf-8")
    right = next((SUBMISSIONS / "accepted").glob("*.py")).read_text(encoding="utf-8")
    typist = Typist(sitting, second=3)
    typist.open(first)
    typist.second = 20
    write(typist, first, wrong, chance)
    typist.second += 5
    typist.sent(first, graded(typist, first, wrong, Kind.RUN, 0, 2))
    typist.second += 30
    typist.tell("left", first)
    typist.second += 75
    typist.tell("returned", first)
    typist.second += 10
    typist.sent(first, graded(typist, first, wrong, Kind.SUBMIT, 3, 4))
    dawdle(typist, first, edits, minutes * 60 * 0.7, chance)
    typist.second += 20
    typist.replace(first, 0, len(typist.text), right, pasted=True)
    typist.second += 2
    typist.sent(first, graded(typist, first, right, Kind.SUBMIT, 0, 4))
    typist.second += 12
    typist.tell("left", first)
    typist.second += 0.5
    typist.open(second)
    typist.second += 30
    write(typist, second, "# 🐍 nothing yet\nimport keras\n", chance)
    typist.second = max(typist.second, minutes * 60)
    typist.sent(second, graded(typist, second, typist.text, Kind.SUBMIT, 2, 3), handed_in=True)
    Entry.objects.bulk_create(typist.rows, batch_size=500)
    place = f"/interviews/{sitting.interview.pk}/candidates/{sitting.pk}/"
    return {"place": place, "wrong": wrong, "right": right, "last": typist.text, "entries": len(typist.rows)}


def invited(email: str) -> dict[str, Any]:
    interview, link = interview_of(email, 60)
    return {"link": link.url, "interview": f"/interviews/{interview.pk}/"}


def started(email: str) -> dict[str, Any]:
    interview, link = interview_of(email, 60)
    sitting = invite.accept(invitation=link.invitation, name="Cleo")
    sit.start(sitting=sitting)
    return {"place": f"/interviews/{interview.pk}/candidates/{sitting.pk}/"}


if __name__ == "__main__":
    address, what, *more = sys.argv[1:]
    shorter = {"invited": invited, "started": started}.get(what)
    made = shorter(address) if shorter else record(address, int(what), int(more[0]))
    sys.stdout.write(json.dumps(made))
