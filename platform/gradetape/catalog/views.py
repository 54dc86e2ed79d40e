"""The page of a challenge."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.catalog.models import Challenge
from gradetape.submissions.desk import desk_of, draft_of
from gradetape.submissions.models import Draft, Submission
from gradetape.submissions.progress import attempts_at


@require_safe
@never_cache
def challenge(request: SignedInRequest, slug: str) -> HttpResponse:
    """The workbench: statement, editor, and what is being graded."""
    found = get_object_or_404(Challenge.objects.kept_for(request.user).select_related("live"), slug=slug)
    attempts = attempts_at(request.user, found)
    if found.live is None:
        return _withdrawn(request, found, attempts)
    context = {
        "challenge": found,
        "version": found.live,
        "statement_html": found.live.statement_html,
        "parts": found.live.parts_with_cases(),
        "starter": found.live.starter,
        "draft": draft_of(request.user, found, found.live),
        "submission": shown(attempts),
        "attempts": attempts,
        **desk_of(request.user, found),
    }
    return render(request, "catalog/challenge.html", context)


def _withdrawn(request: SignedInRequest, found: Challenge, attempts: list[Submission]) -> HttpResponse:
    """What is left of a challenge that was withdrawn: one's own. Whoever has nothing there finds nothing."""
    draft = Draft.objects.visible_to(request.user).filter(challenge=found).first()
    if draft is None and not attempts:
        raise Http404
    return render(
        request, "catalog/withdrawn.html", {"challenge": found, "draft": draft, "attempts": attempts}, status=410
    )


def shown(attempts: list[Submission]) -> Submission | None:
    """The submission whose results the page shows: one that is under way, else the newest."""
    return next((attempt for attempt in attempts if attempt.is_open), attempts[0] if attempts else None)
