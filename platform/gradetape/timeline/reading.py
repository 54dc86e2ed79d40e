"""A sitting's timeline as it is read: the stored entries, and with them what came of each submission, by time.

Verdicts are no entries, since they stand with the submission; nor were submissions of sittings from before there was a
timeline. Both get their place by their time, and no number.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Q

from grader.model import Outcome, Verdict
from gradetape.interviews.models import Sitting
from gradetape.submissions.models import Kind, State, Submission
from gradetape.timeline.models import Entry, Happening

MOST = 5000


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened, `at` seconds after the sitting's start.

    `kind` is one of `Happening`, or `verdict`, or `cancelled`; `task` is the slug of its challenge; `data` says the
    rest: of an entry what Happening tells (the kind of a submission stands under `sent`), of a verdict submission,
    sent, verdict, score, passed, total and first_passed.
    """

    at: float
    kind: str
    task: str | None
    page: str = ""
    number: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def public(self) -> dict[str, Any]:
        """The moment as JSON answers carry it."""
        named = {"n": self.number, "at": round(self.at, 3), "kind": self.kind, "task": self.task, "page": self.page}
        return {**self.data, **named}


class Page(NamedTuple):
    """Moments in their order. `next` is the number to go on after, and `more` whether there is more."""

    moments: list[Moment]
    next: int
    more: bool


def moments_of(sitting: Sitting, after: int = 0, most: int = MOST) -> list[Moment]:
    """What happened after the entry of a number: at most so many entries, and the other moments between them."""
    return page_of(sitting, after, most).moments


def page_of(sitting: Sitting, after: int = 0, most: int = MOST) -> Page:
    """The same with where to go on. Five queries, or six.

    Pages that follow one another hold each moment once. Asked after the last entry again, it has what came since then
    and has no number: a verdict may be known already, and is told by its submission.
    """
    tasks = tasks_of(sitting)
    entries, more = entries_after(sitting, tasks, after, most)
    begin = _at_of(sitting, after) if after else float("-inf")
    end = entries[-1].at if more else float("inf")
    others = [one for one in [*unwritten_of(sitting, tasks), *outcomes_of(sitting, tasks)] if begin < one.at <= end]
    # Sorting is stable and entries never go back in time, so they stay in the order of their numbers.
    merged = sorted([*entries, *others], key=lambda one: one.at)
    return Page(merged, entries[-1].number or after if entries else after, more)


def tasks_of(sitting: Sitting) -> dict[int, str]:
    """The slug of each task, by its id."""
    return dict(sitting.interview.tasks.values_list("pk", "challenge__slug"))


def entries_after(sitting: Sitting, tasks: Mapping[int, str], after: int, most: int) -> tuple[list[Moment], bool]:
    """The stored entries after a number, at most so many, and whether there are more."""
    rows = Entry.objects.filter(sitting=sitting, number__gt=after).order_by("number")
    fields = ("number", "at", "kind", "task_id", "page", "data")
    found = list(rows.values_list(*fields)[: most + 1])
    return [_entry(sitting, tasks, *row) for row in found[:most]], len(found) > most


def _entry(
    sitting: Sitting, tasks: Mapping[int, str], number: int, at: datetime, kind: str, task: int | None, page: str,
    data: dict[str, Any],
) -> Moment:  # fmt: skip
    if kind == Happening.SENT:
        data = dict(data)
        # The page that is named is the one whose text was sent: the entry itself is the server's.
        data["sent"], page = data.pop("kind", None), data.pop("page", None) or page
    return Moment(_seconds(sitting, at), kind, tasks.get(task or 0), page, number, data)


def _at_of(sitting: Sitting, number: int) -> float:
    at = Entry.objects.filter(sitting=sitting, number__lte=number).order_by("-number").values_list("at", flat=True)
    first = at.first()
    return _seconds(sitting, first) if first else float("-inf")


def outcomes_of(sitting: Sitting, tasks: Mapping[int, str], besides: Collection[str] = ()) -> list[Moment]:
    """What came of the sitting's submissions that are over, in the order of time; `besides` are ids to leave out."""
    passed = Count("cases", filter=Q(cases__outcome=Outcome.PASSED))
    over = _sent(sitting).filter(finished_at__isnull=False).order_by("finished_at", "pk")
    fields = ("pk", "kind", "state", "verdict", "score", "finished_at", "version__challenge__slug")
    rows = over.values(*fields).annotate(passed=passed, total=Count("cases"))
    first: dict[str, object] = {}
    for row in rows:
        if row["verdict"] == Verdict.ACCEPTED and row["kind"] == Kind.SUBMIT:
            first.setdefault(row["version__challenge__slug"], row["pk"])
    asked = set(tasks.values())
    return [_outcome(sitting, row, row["pk"] in first.values(), asked) for row in rows if str(row["pk"]) not in besides]


def _outcome(sitting: Sitting, row: Mapping[str, Any], is_first: bool, asked: Collection[str]) -> Moment:
    slug, at = row["version__challenge__slug"], _seconds(sitting, row["finished_at"])
    told = {"submission": str(row["pk"]), "sent": row["kind"]}
    kind = "cancelled"
    if row["state"] == State.FINISHED:
        kind = "verdict"
        told |= {name: row[name] for name in ("verdict", "score", "passed", "total")} | {"first_passed": is_first}
    return Moment(at, kind, slug if slug in asked else None, data=told)


def unwritten_of(sitting: Sitting, tasks: Mapping[int, str]) -> list[Moment]:
    """The sitting's submissions that no entry tells of."""
    told = {
        data.get("submission")
        for data in Entry.objects.filter(sitting=sitting, kind=Happening.SENT).values_list("data", flat=True)
    }
    rows = (
        _sent(sitting).order_by("created_at", "pk").values_list("pk", "kind", "created_at", "version__challenge__slug")
    )
    asked = set(tasks.values())
    return [
        Moment(
            _seconds(sitting, at), Happening.SENT.value, slug if slug in asked else None,
            data={"submission": str(pk), "sent": kind},
        )
        for pk, kind, at, slug in rows
        if str(pk) not in told
    ]  # fmt: skip


def _sent(sitting: Sitting) -> Any:
    return Submission.objects.filter(candidate_id=sitting.candidate_id, created_at__gte=sitting.started_at)


def _seconds(sitting: Sitting, at: datetime) -> float:
    assert sitting.started_at is not None
    return (at - sitting.started_at).total_seconds()
