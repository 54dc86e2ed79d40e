"""What somebody has done so far, as pages show it. However much that is, the number of queries stays the same."""

from typing import Any

from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge
from gradetape.submissions.models import Kind, State, Submission

CASE_FIELDS = (
    "case", "part", "title", "points", "earned", "outcome", "sample", "seconds", "hint", "message", "line",
    "difference", "forbidden",
)  # fmt: skip


def attempts_at(user: User, challenge: Challenge, limit: int = 20) -> list[Submission]:
    """One's newest submissions to a challenge."""
    mine = Submission.objects.filter(candidate=user, version__challenge=challenge)
    return list(mine.in_histories().listed()[:limit])


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
