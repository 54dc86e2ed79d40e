"""The page of a challenge."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.catalog.models import Challenge
from gradetape.submissions.desk import desk_of
from gradetape.submissions.models import Draft, Submission
from gradetape.submissions.progress import attempts_at


@require_safe
@never_cache
def challenge(request: SignedInRequest, slug: str) -> HttpResponse:
    """The workbench: statement, editor, and what is being graded."""
    found = get_object_or_404(Challenge.objects.visible_to(request.user).select_related("live"), slug=slug)
    if found.live is None:
        raise Http404
    attempts = attempts_at(request.user, found)
    context = {
        "challenge": found,
        "version": found.live,
        "statement_html": found.live.statement_html,
        "parts": found.live.parts_with_cases(),
        "starter": found.live.starter,
        "draft": draft_of(request, found),
        "submission": shown(attempts),
        "attempts": attempts,
        **desk_of(request.user, found),
    }
    return render(request, "catalog/challenge.html", context)


def draft_of(request: SignedInRequest, found: Challenge) -> dict[str, Any]:
    """What the editor opens with: what was typed, or the starter as revision 0."""
    draft = Draft.objects.visible_to(request.user).filter(challenge=found).first()
    if draft is None:
        return {"source": found.live.starter if found.live else "", "revision": 0, "saved_at": None}
    return {"source": draft.source, "revision": draft.revision, "saved_at": draft.saved_at}


def shown(attempts: list[Submission]) -> Submission | None:
    """The submission whose results the page shows: one that is under way, else the newest."""
    return next((attempt for attempt in attempts if attempt.is_open), attempts[0] if attempts else None)
