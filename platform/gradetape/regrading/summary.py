"""What a regrade comes to, for whoever looks: numbers for everybody, names and code for nobody who may not see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from gradetape.accounts.models import User
from gradetape.regrading.models import Regrade, RegradedSubmission
from gradetape.regrading.sittings import Touched, touched_by
from gradetape.submissions.models import Submission

# A page has room for so many; the numbers are of all.
MOST = 300


@dataclass(frozen=True)
class Grade:
    """A verdict (one of grader.model.Verdict) with its score, 0 to 100."""

    verdict: str
    score: float


@dataclass(frozen=True)
class Turned:
    """A case whose outcome differs; "" where one of the packages has no such case."""

    id: str
    was: str
    now: str


@dataclass(frozen=True)
class Row:
    """A submission by the beginning of its id. `link` leads to it, for those who may open it; else it is empty."""

    id: str
    sent_at: datetime
    link: str


@dataclass(frozen=True)
class Change(Row):
    """A submission whose grading differs. `is_applied`: the new one has taken the old one's place."""

    was: Grade
    now: Grade
    cases: Sequence[Turned]
    is_applied: bool


@dataclass(frozen=True)
class Failure(Row):
    """A submission that could not be graded again, and why. It stays as it is."""

    fault: str


@dataclass(frozen=True)
class Summary:
    """How far a regrade is, and what it found.

    `total` submissions, of which `done` were graded again: `changed` of them differ, `same` do not, `failed` could not
    be graded. `changes` and `failures` list them, the newest first, up to MOST of each. `left_out`: interviews that a
    rejudge left alone, since somebody sat in them.
    """

    total: int
    done: int
    same: int
    changed: int
    failed: int
    left_out: int
    changes: Sequence[Change]
    failures: Sequence[Failure]
    interviews: Sequence[Touched]


def of(regrade: Regrade, user: User) -> Summary:
    """The regrade as somebody may see it. However much it changes, the number of queries has a bound."""
    rows = regrade.rows.all()
    counts = rows.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(turn__isnull=False)),
        changed=Count("pk", filter=Q(is_changed=True)),
        failed=Count("pk", filter=~Q(fault="")),
    )
    listed = rows.defer("result").select_related("submission").defer("submission__source", "submission__output")
    changes, failures = list(listed.filter(is_changed=True)[:MOST]), list(listed.exclude(fault="")[:MOST])
    mine = Submission.objects.visible_to(user)
    seen = set(mine.filter(pk__in=[row.submission_id for row in [*changes, *failures]]).values_list("pk", flat=True))

    def row_of(row: RegradedSubmission) -> dict[str, str | datetime]:
        sent = row.submission
        link = sent.get_absolute_url() if sent.pk in seen else ""
        return {"id": str(sent.pk)[:8], "sent_at": sent.created_at, "link": link}

    return Summary(
        **counts,
        same=counts["done"] - counts["changed"] - counts["failed"],
        left_out=regrade.left_out,
        changes=[
            Change(
                **row_of(row),  # type: ignore[arg-type]
                was=Grade(row.was_verdict, row.was_score or 0.0), now=Grade(row.verdict, row.score or 0.0),
                cases=_turned(row), is_applied=row.applied_at is not None,
            )
            for row in changes
        ],
        failures=[Failure(**row_of(row), fault=row.fault) for row in failures],  # type: ignore[arg-type]
        interviews=touched_by(regrade, user),
    )  # fmt: skip


def _turned(row: RegradedSubmission) -> list[Turned]:
    both = {case: (row.was_cases.get(case, ""), row.cases.get(case, "")) for case in {**row.was_cases, **row.cases}}
    return [Turned(case, was, now) for case, (was, now) in both.items() if was != now]
