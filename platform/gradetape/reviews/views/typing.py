"""What the page's script saves while somebody types, comments and chooses."""

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods

from gradetape.accounts.http import SignedInRequest
from gradetape.answers import refusal
from gradetape.reviews.actions import review as reviewing
from gradetape.reviews.actions import scoring, typing
from gradetape.reviews.attempts import last_line
from gradetape.reviews.exceptions import ChoiceChanged, ReviewError, TextChanged
from gradetape.reviews.models import Recommendation, WordsKind
from gradetape.reviews.models.review import OfReview
from gradetape.reviews.rubrics import HIGHEST
from gradetape.reviews.views.desk import desk_of
from gradetape.submissions.bodies import body_of

View = Callable[..., HttpResponse]


class Written(msgspec.Struct):
    """A text; the same words as for a draft, so one script keeps both."""

    source: str
    revision: Annotated[int, msgspec.Meta(ge=0, lt=2**31 - 1)]


Mark = Annotated[int, msgspec.Meta(ge=0, le=HIGHEST)]


class Chosen(msgspec.Struct):
    """A level, and the one that the window showed before."""

    level: Mark | None
    was: Mark | None


class Advised(msgspec.Struct):
    """A recommendation, and the one that the window showed before; empty: none."""

    choice: str
    was: str


def answered(view: View) -> View:
    """The view, with every refusal as JSON."""

    @wraps(view)
    def careful(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except BadRequest as error:
            return refusal(400, "not_json", str(error))
        except TextChanged as error:
            newer = error.newer
            kept = {"revision": newer.revision, "source": newer.text, "saved_at": newer.saved_at}
            return refusal(409, error.code, str(error), **kept)
        except ChoiceChanged as error:
            return refusal(409, error.code, str(error), now=error.now)
        except ReviewError as error:
            return refusal(409 if error.code == "done" else 400, error.code, str(error))

    return careful


def saved(text: OfReview) -> JsonResponse:
    return JsonResponse({"revision": text.revision, "saved_at": text.saved_at})


@require_http_methods(["PUT"])
@answered
def words(request: SignedInRequest, pk: UUID, sitting_id: UUID, kind: str) -> HttpResponse:
    """The summary or the notes."""
    desk = desk_of(request.user, pk, sitting_id)
    if kind not in WordsKind.values:
        raise Http404
    body = body_of(request, Written)
    return saved(
        typing.keep_words(
            sitting=desk.sitting, reviewer=request.user, kind=kind, text=body.source, revision=body.revision
        )
    )


@require_http_methods(["PUT"])
@answered
def comment(request: SignedInRequest, pk: UUID, sitting_id: UUID, submission_id: UUID, line: int) -> HttpResponse:
    """One's comment at a line; an empty one is none."""
    desk = desk_of(request.user, pk, sitting_id)
    submission = desk.submission(submission_id)
    if not 1 <= line <= last_line(submission):
        raise Http404
    body = body_of(request, Written)
    return saved(
        typing.keep_comment(
            sitting=desk.sitting, reviewer=request.user, submission=submission, line=line, text=body.source,
            revision=body.revision,
        )
    )  # fmt: skip


@require_http_methods(["PUT"])
@answered
def score(request: SignedInRequest, pk: UUID, sitting_id: UUID, slug: str, criterion: str) -> HttpResponse:
    """How well a criterion was met."""
    desk = desk_of(request.user, pk, sitting_id)
    task, body = desk.task(slug), body_of(request, Chosen)
    scoring.choose_level(
        sitting=desk.sitting, reviewer=request.user, task=task, criterion=criterion, level=body.level, was=body.was
    )
    return JsonResponse({"level": body.level})


@require_http_methods(["PUT"])
@answered
def note(request: SignedInRequest, pk: UUID, sitting_id: UUID, slug: str, criterion: str) -> HttpResponse:
    """The note on a criterion."""
    desk = desk_of(request.user, pk, sitting_id)
    task, body = desk.task(slug), body_of(request, Written)
    return saved(
        scoring.keep_note(
            sitting=desk.sitting, reviewer=request.user, task=task, criterion=criterion, text=body.source,
            revision=body.revision,
        )
    )  # fmt: skip


@require_http_methods(["PUT"])
@answered
def recommendation(request: SignedInRequest, pk: UUID, sitting_id: UUID) -> HttpResponse:
    """What one advises."""
    desk = desk_of(request.user, pk, sitting_id)
    body = body_of(request, Advised)
    if body.choice not in {"", *Recommendation.values}:
        raise BadRequest(f"Expected one of {', '.join(Recommendation.values)}. Received: {body.choice[:40]}")
    reviewing.recommend(sitting=desk.sitting, reviewer=request.user, choice=body.choice, was=body.was)
    return JsonResponse({"choice": body.choice})
