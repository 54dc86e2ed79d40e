"""The two pages of a review: one task with its attempts, and the decision with all of it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.audit import log
from gradetape.catalog.packages import package_of
from gradetape.interviews.models import Task
from gradetape.interviews.progress import left_over
from gradetape.reviews.attempts import Attempt, cases_of, listed
from gradetape.reviews.besides import comments_of, together_of, total_of
from gradetape.reviews.changes import rescored
from gradetape.reviews.editions import rubrics_of
from gradetape.reviews.guides import guide_of
from gradetape.reviews.models import Comment, Recommendation, Review, Words
from gradetape.reviews.order import place_of
from gradetape.reviews.panels import panels_of
from gradetape.reviews.views.desk import Desk, desk_of, heading, uuid_in
from gradetape.study.differences import difference
from gradetape.study.solutions import without_docstring
from gradetape.submissions.models import Submission

REFERENCE = "reference"


def own_review(request: SignedInRequest, desk: Desk) -> Review | None:
    """One's review of the sitting, if it was begun."""
    return Review.objects.filter(sitting=desk.sitting, reviewer=request.user).first()


def looked(request: SignedInRequest, desk: Desk) -> None:
    about = f"sitting:{desk.sitting.pk}"
    log.record_look(actor=request.user, action="sitting.reviewed", scope=desk.interview.scope, about=about)


@require_safe
@never_cache
def review(request: SignedInRequest, pk: UUID, sitting_id: UUID) -> HttpResponse:
    """A task. In the address: task, attempt, against (an attempt or "reference"), whole=1 for all lines, line."""
    desk = desk_of(request.user, pk, sitting_id)
    looked(request, desk)
    task, mine, place = desk.task(request.GET.get("task")), own_review(request, desk), place_of(desk.sitting)
    attempts = listed(desk.sitting, [task])[task.pk]
    shown = _shown(request, attempts)
    context = {
        **heading(desk, place), "task": task, "review": mine, "attempts": attempts,
        "shown": shown, "left_over": left_over(desk.sitting, task), **_panel(request, desk, task, mine),
    }  # fmt: skip
    if shown:
        submission = desk.submission(shown.submission.pk)
        context |= {"submission": submission, "cases": cases_of(submission), **_code(request, desk, task, submission)}
    return render(request, "interviews/review.html", context)


def _shown(request: SignedInRequest, attempts: list[Attempt]) -> Attempt | None:
    """The attempt that is asked for; else the one that counts, else the last one. Raises Http404."""
    if "attempt" in request.GET:
        asked = uuid_in(request.GET["attempt"])
        found = next((one for one in attempts if one.submission.pk == asked), None)
        if found is None:
            raise Http404
        return found
    return counting(attempts) or (attempts[-1] if attempts else None)


def counting(attempts: list[Attempt]) -> Attempt | None:
    return next((one for one in attempts if one.counts), None)


def _panel(request: SignedInRequest, desk: Desk, task: Task, mine: Review | None) -> dict[str, Any]:
    """The rubric and what the author tells interviewers."""
    rubrics = rubrics_of(desk.tasks)
    panels = panels_of(mine, request.user, desk.sitting, desk.tasks, rubrics)
    return {
        "panel": next(one for one in panels if one.task.pk == task.pk),
        "guide": guide_of(task.version.digest) if task.version else None,
        "rescored": rescored(mine),
        "notes": _words(mine).get("notes"),
    }


def _words(mine: Review | None) -> dict[str, Words]:
    return {one.kind: one for one in Words.objects.filter(review=mine)} if mine else {}


def _code(request: SignedInRequest, desk: Desk, task: Task, submission: Submission) -> dict[str, Any]:
    """The code with its comments, or what differs from something else."""
    against = request.GET.get("against", "")
    if not against:
        return {"comments": _comments(request, submission), "line": request.GET.get("line", "")}
    if against == REFERENCE:
        assert task.version is not None
        other, name = without_docstring(package_of(task.version.digest).reference), "the reference"
    else:
        found = desk.submission(uuid_in(against))
        other, name = found.text, "another attempt"
    whole = request.GET.get("whole") == "1"
    lines = difference(other, submission.text, whole=whole)
    return {
        "against": against,
        "against_name": name,
        "whole": whole,
        "lines": lines,
        "is_equal": other == submission.text,
    }


def _comments(request: SignedInRequest, submission: Submission) -> list[dict[str, Any]]:
    """For the script: one's own to be changed, others' to be read. One query."""
    rows = Comment.objects.visible_to(request.user).filter(submission=submission).select_related("review__reviewer")
    return [
        {
            "line": row.line, "text": row.text, "revision": row.revision, "by": row.review.author,
            "mine": row.review.reviewer_id == request.user.pk,
        }
        for row in rows
    ]  # fmt: skip


@require_safe
@never_cache
def decision(request: SignedInRequest, pk: UUID, sitting_id: UUID) -> HttpResponse:
    """All evidence on one screen, and the decision; with the others' once one is done."""
    return decision_page(request, desk_of(request.user, pk, sitting_id))


def decision_page(request: SignedInRequest, desk: Desk, trouble: str = "") -> HttpResponse:
    """The page of the decision, with what stood in the way of being done."""
    looked(request, desk)
    mine, rubrics = own_review(request, desk), rubrics_of(desk.tasks)
    panels = panels_of(mine, request.user, desk.sitting, desk.tasks, rubrics)
    attempts = listed(desk.sitting, desk.tasks)
    comments = comments_of([mine], request.user) if mine else []
    context = {
        **heading(desk, place_of(desk.sitting)), "review": mine, "trouble": trouble,
        "parts": [
            {
                "panel": panel, "counts": counting(attempts[panel.task.pk]), "sent": len(attempts[panel.task.pk]),
                "comments": [one for one in comments if one.submission.version.challenge_id == panel.task.challenge_id],
            }
            for panel in panels
        ],
        "total": total_of(panels), "words": _words(mine), "choices": Recommendation.choices, "rescored": rescored(mine),
        "together": together_of(desk.sitting, request.user, desk.tasks, rubrics),
    }  # fmt: skip
    return render(request, "interviews/review_decision.html", context, status=400 if trouble else 200)
