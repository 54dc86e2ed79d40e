"""Challenges, and the drafts typed for them."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Field, Query, Router, Schema

from gradetape.accounts.models import User
from gradetape.api.admission import ApiRequest
from gradetape.api.paging import part_of, window
from gradetape.api.problems import Problem
from gradetape.api.schemas import ChallengeOut, ChallengeRowOut, DraftIn, DraftOut, Page, Paging, SavedOut
from gradetape.catalog.listing import SORTS, ChallengeRow, Filters, matching, rows_of
from gradetape.catalog.models import Challenge
from gradetape.submissions import actions
from gradetape.submissions.desk import draft_of
from gradetape.submissions.exceptions import DraftConflict, SourceTooLarge
from gradetape.submissions.models import Draft
from gradetape.submissions.text import encoded

router = Router(tags=["challenges"])
FACTS = ("slug", "title", "summary", "kind", "difficulty", "topics", "runtime", "minutes")


class Wanted(Schema):
    """What to list; an empty value asks for everything, and so does one that is not offered."""

    q: str = Field("", description="Words that must all be in the title, the summary or the topics.")
    kind: str = Field("", description="coding or scenario")
    topic: str = ""
    difficulty: str = Field("", description="easy, medium or hard")
    state: str = Field("", description="new, tried or solved")
    runtime: str = Field("", description="keras3 or keras2")
    sort: str = Field("", description=f"{', '.join(filter(None, SORTS))}; else by title")


def challenge_of(user: User, slug: str) -> Challenge:
    """The challenge with its live version, if this person may see it. Raises Http404."""
    found = get_object_or_404(Challenge.objects.visible_to(user).select_related("live"), slug=slug)
    if found.live is None:
        raise Http404
    return found


def desk_at(user: User, slug: str) -> Challenge:
    """The same, or one that was withdrawn: what somebody typed there is still theirs. Raises Http404."""
    return get_object_or_404(Challenge.objects.kept_for(user).select_related("live"), slug=slug)


@router.get("", response=Page[ChallengeRowOut], url_name="api_challenges", operation_id="list_challenges")
def challenges(request: ApiRequest, wanted: Query[Wanted], paging: Query[Paging]) -> dict[str, Any]:
    """The catalogue, with what you achieved."""
    found = matching(request.user, Filters.of(request.GET))

    def shown(row: ChallengeRow) -> dict[str, Any]:
        return {**_facts(request, row.challenge), "state": row.state, "best": row.best, "parts": row.parts}

    return part_of(request, paging, found.count(), rows_of(request.user, found[window(paging)]), shown)


@router.get("/{slug}", response=ChallengeOut, url_name="api_challenge", operation_id="get_challenge")
def challenge(request: ApiRequest, slug: str) -> dict[str, Any]:
    """One challenge: statement, starter, the names to define, cases and limits."""
    found = challenge_of(request.user, slug)
    version: Any = found.live
    return {
        **_facts(request, found),
        "version": version.number,
        "statement": version.statement,
        "starter": version.starter,
        "contract": version.contract,
        "parts": version.parts_with_cases(),
        "limits": version.limits,
    }


@router.get("/{slug}/draft", response=DraftOut, url_name="api_draft", operation_id="get_draft")
def draft(request: ApiRequest, slug: str) -> dict[str, Any]:
    """What is typed so far, here or in a browser; the starter as revision 0 where nothing is."""
    found = desk_at(request.user, slug)
    return draft_of(request.user, found, found.live)


@router.put("/{slug}/draft", response=SavedOut, url_name="api_draft", operation_id="save_draft")
def save_draft(request: ApiRequest, slug: str, body: DraftIn) -> Draft:
    """Save a draft. 409 with the newer draft when it was changed since the revision that you name."""
    found = desk_at(request.user, slug)
    try:
        return actions.save_draft(
            candidate=request.user, challenge=found, source=encoded(body.source), revision=body.revision
        )
    except SourceTooLarge as error:
        raise Problem(413, error.code, str(error)) from error
    except DraftConflict as error:
        newer = draft_of(request.user, found, found.live)
        raise Problem(409, error.code, f"{error} It is in this answer.", draft=newer) from error


def _facts(request: HttpRequest, found: Challenge) -> dict[str, Any]:
    where = request.build_absolute_uri(reverse("challenge", args=[found.slug]))
    return {**{name: getattr(found, name) for name in FACTS}, "url": where}
