"""Forms of the page: evidence, other points, being done. Small ones answer with the piece of the page that changed."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from gradetape.accounts.http import SignedInRequest
from gradetape.reviews.actions import points as overriding
from gradetape.reviews.actions import review as reviewing
from gradetape.reviews.actions import scoring
from gradetape.reviews.attempts import cases_of, listed
from gradetape.reviews.evidence import pointed_at
from gradetape.reviews.exceptions import BadPoints, NoRecommendation, ReviewError
from gradetape.reviews.models import Score
from gradetape.reviews.panels import links_of
from gradetape.reviews.views.desk import Desk, desk_of
from gradetape.reviews.views.page import decision_page
from gradetape.submissions.models import CaseResult, Submission


@require_POST
def evidence(request: SignedInRequest, pk: UUID, sitting_id: UUID, slug: str, criterion: str) -> HttpResponse:
    """Link an address to a score, or with `remove` take a link away; answers with the criterion's links."""
    desk = desk_of(request.user, pk, sitting_id)
    task = desk.task(slug)
    trouble, asked = "", request.POST.get("remove", "")
    place: dict[str, Any] = {
        "sitting": desk.sitting, "reviewer": request.user, "task": task, "criterion": criterion,
    }  # fmt: skip
    try:
        if asked:
            scoring.remove_evidence(**place, evidence=int(asked) if asked.isdigit() and len(asked) < 16 else 0)
        else:
            pointer = pointed_at(
                request.POST.get("line_address") or request.POST.get("address", ""), desk.sitting, desk.tasks
            )
            scoring.add_evidence(**place, pointer=pointer)
    except ReviewError as error:
        trouble = str(error)
    mine = Score.objects.filter(review__sitting=desk.sitting, review__reviewer=request.user, task=task)
    found = mine.filter(criterion=criterion).prefetch_related("evidence__submission__version__challenge").first()
    context = {
        "interview": desk.interview, "sitting": desk.sitting, "task": task, "criterion_id": criterion,
        "links": links_of(found, desk.sitting, desk.tasks) if found else [], "trouble": trouble,
    }  # fmt: skip
    return render(request, "interviews/review_evidence.html", context)


@require_POST
def points(request: SignedInRequest, pk: UUID, sitting_id: UUID, submission_id: UUID, case: str) -> HttpResponse:
    """Give other points for a case, or with `revoke` go back to the judge's; answers with all cases."""
    desk = desk_of(request.user, pk, sitting_id)
    submission = desk.submission(submission_id)
    result = get_object_or_404(CaseResult, submission=submission, case=case)
    what: dict[str, Any] = {"sitting": desk.sitting, "by": request.user, "submission": submission, "case": result}
    trouble = ""
    try:
        if "revoke" in request.POST:
            overriding.revoke(**what)
        else:
            text = request.POST.get("points", "")
            overriding.override(**what, points=_number(text), reason=request.POST.get("reason", ""))
    except BadPoints as error:
        trouble = str(error)
    return _cases(request, desk, submission, case, trouble)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise BadPoints(f"Expected a number. Received: {text[:20] or 'nothing'}.") from error


def _cases(request: SignedInRequest, desk: Desk, submission: Submission, case: str, trouble: str) -> HttpResponse:
    task = next(one for one in desk.tasks if one.challenge_id == submission.version.challenge_id)
    attempts = listed(desk.sitting, [task])[task.pk]
    context = {
        "interview": desk.interview, "sitting": desk.sitting, "submission": submission, "cases": cases_of(submission),
        "shown": next(one for one in attempts if one.submission.pk == submission.pk), "touched": case,
        "trouble": trouble, "typed": request.POST if trouble else {},
    }  # fmt: skip
    return render(request, "interviews/review_cases.html", context)


@require_POST
def done(request: SignedInRequest, pk: UUID, sitting_id: UUID) -> HttpResponse:
    """Be done, or with `reopen` change it once more."""
    desk = desk_of(request.user, pk, sitting_id)
    try:
        if "reopen" in request.POST:
            reviewing.reopen_review(sitting=desk.sitting, reviewer=request.user)
        else:
            reviewing.finish_review(sitting=desk.sitting, reviewer=request.user)
    except NoRecommendation as error:
        return decision_page(request, desk, str(error))
    return redirect(reverse("interview_decision", args=[pk, sitting_id]))
