"""What lies on somebody's desk at a challenge: the draft and its versions, the snippet, how the editor is liked."""

from typing import Annotated, Any, Literal

import msgspec
from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.accounts.models import User
from gradetape.answers import refusal
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.submissions import actions
from gradetape.submissions.bodies import body_of
from gradetape.submissions.exceptions import DraftConflict, SourceTooLarge
from gradetape.submissions.models import Draft, DraftVersion, EditorSettings, Kind, Snippet, Submission
from gradetape.submissions.text import encoded


class Saving(msgspec.Struct):
    """The body of a draft or a snippet. `keep_previous`: what this replaces goes to the draft's history first."""

    source: str
    revision: Annotated[int, msgspec.Meta(ge=0, lt=2**31 - 1)]
    keep_previous: bool = False


class Chosen(msgspec.Struct, forbid_unknown_fields=True):
    """How the editor is liked; `size` in pixels."""

    size: Annotated[int, msgspec.Meta(ge=10, le=24)] = 13
    keys: Literal["usual", "vim", "emacs"] = "usual"
    wrap: bool = False
    suggest: bool = True


def draft_of(user: User, challenge: Challenge, version: ChallengeVersion | None) -> dict[str, Any]:
    """What the editor opens with: what was typed, or the version's starter as revision 0."""
    draft = Draft.objects.visible_to(user).filter(challenge=challenge).first()
    if draft is None:
        return {"source": version.starter if version else "", "revision": 0, "saved_at": None}
    return {"source": draft.source, "revision": draft.revision, "saved_at": draft.saved_at}


def desk_of(user: User, challenge: Challenge) -> dict[str, Any]:
    """What the workbench opens with, besides the draft."""
    snippet = Snippet.objects.visible_to(user).filter(challenge=challenge).first()
    scratches = Submission.objects.filter(candidate=user, version__challenge=challenge, kind=Kind.SCRATCH)
    tried = scratches.only("pk").first()
    settings = EditorSettings.objects.filter(user=user).first()
    return {
        "snippet": {"source": snippet.source if snippet else "", "revision": snippet.revision if snippet else 0}
        | {"saved_at": snippet.saved_at if snippet else None},
        "tried": {"url": tried.get_absolute_url(), "events_url": tried.events_url} if tried else None,
        "editor_settings": settings.chosen if settings else None,
    }


@require_http_methods(["PUT"])
def save_draft(request: SignedInRequest, slug: str) -> HttpResponse:
    """Keep what is in the editor; 409 with the newer text when it was changed elsewhere."""
    challenge = get_object_or_404(Challenge.objects.kept_for(request.user), slug=slug)
    return saved(request, Draft, challenge)


@require_http_methods(["PUT"])
def save_snippet(request: SignedInRequest, slug: str) -> HttpResponse:
    """Keep what somebody tries out; 409 as for a draft."""
    challenge = get_object_or_404(Challenge.objects.kept_for(request.user), slug=slug)
    return saved(request, Snippet, challenge)


def saved(request: SignedInRequest, model: type[Draft] | type[Snippet], challenge: Challenge) -> HttpResponse:
    """Take the text in the request for its sender. That they may see the challenge is for callers to say."""
    row: Draft | Snippet
    try:
        body = body_of(request, Saving)
        source, who = encoded(body.source), request.user
        if model is Draft:
            row = actions.save_draft(
                candidate=who, challenge=challenge, source=source, revision=body.revision,
                keep_previous=body.keep_previous,
            )  # fmt: skip
        else:
            row = actions.save_snippet(candidate=who, challenge=challenge, source=source, revision=body.revision)
    except BadRequest as error:
        return refusal(400, "not_json", str(error))
    except SourceTooLarge as error:
        return refusal(400, error.code, str(error))
    except DraftConflict as error:
        newer = get_object_or_404(model.objects.visible_to(request.user), challenge=challenge)
        facts = {"revision": newer.revision, "source": newer.source, "saved_at": newer.saved_at}
        return refusal(409, error.code, str(error), **facts)
    return JsonResponse({"revision": row.revision, "saved_at": row.saved_at})


@require_safe
@never_cache
def versions(request: SignedInRequest, slug: str) -> HttpResponse:
    """What one's draft was before, the newest first; without the texts."""
    return versions_of(request.user, get_object_or_404(Challenge.objects.kept_for(request.user), slug=slug))


@require_safe
@never_cache
def version(request: SignedInRequest, slug: str, revision: int) -> HttpResponse:
    """One of them, with its text."""
    challenge = get_object_or_404(Challenge.objects.kept_for(request.user), slug=slug)
    return version_of(request.user, challenge, revision)


def versions_of(user: User, challenge: Challenge) -> HttpResponse:
    """The list, for whom callers found to be allowed to see the challenge."""
    rows = DraftVersion.objects.filter(draft__candidate=user, draft__challenge=challenge)
    listed = rows.order_by("-revision").values("revision", "saved_at", "size", "kept")
    return JsonResponse({"versions": list(listed)})


def version_of(user: User, challenge: Challenge, revision: int) -> HttpResponse:
    """One of the list, for the same. Raises Http404."""
    mine = DraftVersion.objects.filter(draft__candidate=user, draft__challenge=challenge)
    found = get_object_or_404(mine, revision=revision)
    return JsonResponse({"revision": found.revision, "saved_at": found.saved_at, "source": found.source})


@require_http_methods(["PUT"])
def editor_settings(request: SignedInRequest) -> HttpResponse:
    """Remember how somebody likes the editor, for the browsers that don't know it yet."""
    try:
        chosen = body_of(request, Chosen)
    except BadRequest as error:
        return refusal(400, "not_json", str(error))
    actions.choose_editor_settings(user=request.user, chosen=msgspec.to_builtins(chosen))
    return JsonResponse(msgspec.to_builtins(chosen))
