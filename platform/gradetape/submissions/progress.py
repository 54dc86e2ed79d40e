"""What somebody has done so far, as pages show it. However much that is, the number of queries stays the same."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Subquery, Sum

from grader.model import Verdict
from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.submissions.models import CaseResult, Draft, Kind, State, Submission

RECENT = 12
CASE_FIELDS = (
    "case", "part", "title", "points", "earned", "outcome", "sample", "seconds", "hint", "message", "line",
    "difference", "forbidden",
)  # fmt: skip


@dataclass(frozen=True)
class PartRow:
    """How much of a part the best submission earned."""

    id: str
    title: str
    points: float
    earned: float


@dataclass(frozen=True)
class ChallengeRow:
    """A challenge in the catalogue, as one person sees it. `best` is the best score, None before the first."""

    challenge: Challenge
    version: ChallengeVersion
    state: str
    best: float | None
    parts: list[PartRow] = field(default_factory=list)


def catalogue_of(user: User) -> list[ChallengeRow]:
    """All challenges that somebody may see, with what they have achieved. Three queries."""
    sent = Submission.objects.filter(candidate=user, version__challenge=OuterRef("pk")).in_histories()
    best = sent.graded().order_by("-score", "-finished_at")
    challenges = (
        Challenge.objects.visible_to(user)
        .select_related("live")
        .defer("live__statement", "live__statement_html", "live__starter", "live__limits", "live__contract")
        .annotate(best_id=Subquery(best.values("pk")[:1]), is_tried=Exists(sent))
    )
    # Rows with what was annotated, which their class does not know.
    rows: list[Any] = list(challenges)
    bests = Submission.objects.only("score", "verdict").in_bulk([row.best_id for row in rows if row.best_id])
    earned: dict[Any, dict[str, float]] = {}
    parts = CaseResult.objects.filter(submission__in=bests).order_by().values_list("submission_id", "part")
    for submission_id, part, points in parts.annotate(total=Sum("earned")):
        earned.setdefault(submission_id, {})[part] = points
    return [_row(row, bests.get(row.best_id), earned.get(row.best_id, {})) for row in rows]


def _row(challenge: Any, best: Submission | None, earned: dict[str, float]) -> ChallengeRow:
    solved = best is not None and best.verdict == Verdict.ACCEPTED
    return ChallengeRow(
        challenge=challenge,
        version=challenge.live,
        state="solved" if solved else "tried" if challenge.is_tried else "new",
        best=best.score if best else None,
        parts=[
            PartRow(part["id"], part["title"], part["points"], earned.get(part["id"], 0))
            for part in challenge.live.parts
        ],
    )


def attempts_at(user: User, challenge: Challenge, limit: int = 20) -> list[Submission]:
    """One's newest submissions to a challenge."""
    mine = Submission.objects.filter(candidate=user, version__challenge=challenge)
    return list(mine.in_histories().listed()[:limit])


def dashboard_of(user: User) -> dict[str, Any]:
    """The dashboard's context. `resume` is the challenge typed at last that is not solved yet, with its draft."""
    graded = Submission.objects.filter(candidate=user).graded()
    solved = set(graded.filter(verdict=Verdict.ACCEPTED).values_list("version__challenge", flat=True))
    sent = Submission.objects.filter(candidate=user).in_histories()
    tried = set(sent.values_list("version__challenge", flat=True).distinct())
    drafts = Draft.objects.visible_to(user).filter(challenge__live__isnull=False).exclude(challenge__in=solved)
    draft = drafts.select_related("challenge").order_by("-saved_at").first()
    recent = sent.listed()[:RECENT]
    return {
        "resume": draft.challenge if draft else None,
        "draft": draft,
        "solved": len(solved),
        "tried": len(tried - solved),
        "total": Challenge.objects.visible_to(user).count(),
        "recent": list(recent),
    }


def case_rows(submission: Submission, story: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every case that this submission is graded on, with its result if there is one; `outcome` is None before."""
    titles = {part["id"]: part["title"] for part in submission.version.parts}
    results = _results(submission, story)
    rows = []
    for case in submission.version.cases:
        if submission.kind == Kind.SUBMIT or (case["sample"] and submission.kind == Kind.RUN):
            blank = dict.fromkeys(CASE_FIELDS) | {"case": case["id"]}
            rows.append({**blank, **case, **results.get(case["id"], {}), "part_title": titles.get(case["part"], "")})
    return rows


def _results(submission: Submission, story: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    if submission.state == State.FINISHED:
        return {row["case"]: row for row in submission.cases.values(*CASE_FIELDS)}
    results: dict[str, dict[str, Any]] = {}
    for event in story:
        if event["type"] == "restarted":
            results = {}
        elif event["type"] == "case":
            results[event["data"]["case"]] = event["data"]
    return results
