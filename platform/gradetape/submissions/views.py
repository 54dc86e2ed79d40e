"""Sending, watching, stopping a submission."""

from typing import Any
from uuid import UUID

import msgspec
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import aget_object_or_404, get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.accounts.models import User
from gradetape.answers import event_stream, refusal, too_many
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.insights.judging import may_report
from gradetape.insights.reading import reports_on
from gradetape.submissions import actions
from gradetape.submissions.bodies import body_of
from gradetape.submissions.exceptions import SourceTooLarge, TooFast, TooManyOpen
from gradetape.submissions.models import Kind, Submission
from gradetape.submissions.progress import case_rows
from gradetape.submissions.story import EventId, look
from gradetape.submissions.streaming import frames
from gradetape.submissions.text import encoded

WITHDRAWN = "This challenge was withdrawn, so nothing is graded here any more. What you typed is kept."


class Sent(msgspec.Struct):
    """The body of a submission."""

    source: str
    kind: Kind
    snippet: str | None = None

    def __post_init__(self) -> None:
        if (self.snippet is not None) != (self.kind == Kind.SCRATCH):
            raise ValueError("a snippet comes with kind `scratch`, and with that alone")


def take_in(candidate: User, version: ChallengeVersion, sent: Sent) -> Submission:
    """Have what was sent graded on a version. Raises SourceTooLarge, TooManyOpen, TooFast."""
    snippet = None if sent.snippet is None else encoded(sent.snippet)
    return actions.submit(
        candidate=candidate, version=version, source=encoded(sent.source), kind=sent.kind, snippet=snippet
    )


@require_POST
def submit(request: SignedInRequest, slug: str) -> HttpResponse:
    """Send a source to be graded: 201 and where to watch it."""
    challenges = Challenge.objects.kept_for(request.user).select_related("live")
    challenge = get_object_or_404(challenges, slug=slug)
    if challenge.live is None:
        return refusal(410, "withdrawn", WITHDRAWN)
    try:
        sent = body_of(request, Sent)
        submission = take_in(request.user, challenge.live, sent)
    except BadRequest as error:
        return refusal(400, "not_json", str(error))
    except SourceTooLarge as error:
        return refusal(400, error.code, str(error))
    except (TooManyOpen, TooFast) as error:
        return too_many(error.code, str(error), error.retry_after)
    where = {"id": submission.pk, "url": submission.get_absolute_url(), "events_url": submission.events_url}
    return JsonResponse(where, status=201)


@require_safe
@never_cache
def submission(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The page of one submission, past or under way."""
    mine = Submission.objects.visible_to(request.user).select_related("version__challenge")
    found = get_object_or_404(mine, pk=pk)
    snapshot = look(found.pk)
    story = [event.public() for event in snapshot.events] if snapshot else []
    context = {
        "submission": found,
        "challenge": found.challenge,
        "version": found.version,
        "parts": parts_of(found),
        "cases": case_rows(found, story),
        "events_url": found.events_url,
        "story": story,
        "may_report": may_report(request.user, found),
        "reports": reports_on(found, request.user),
    }
    return render(request, "submissions/detail.html", context)


def parts_of(found: Submission) -> list[dict[str, Any]]:
    """The parts with the cases that it is graded on; a snippet is graded on none."""
    if found.kind == Kind.SCRATCH:
        return []
    return found.version.parts_with_cases(samples_only=found.kind == Kind.RUN)


@require_safe
@never_cache
def state(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What the stream tells, for those who ask again and again: the state and the events after an id."""
    found = get_object_or_404(Submission.objects.visible_to(request.user).only("pk"), pk=pk)
    snapshot = look(found.pk, EventId.parse(request.GET.get("after", "")))
    if snapshot is None:
        raise Http404
    return JsonResponse(snapshot.public())


@require_GET
async def events(request: SignedInRequest, pk: UUID) -> StreamingHttpResponse:
    """The live stream. It goes on after Last-Event-ID, which a browser sends when it reconnects, or after ?after=."""
    user = await request.auser()
    found = await aget_object_or_404(Submission.objects.visible_to(user).only("pk"), pk=pk)  # type: ignore[arg-type]
    after = EventId.parse(request.headers.get("Last-Event-ID") or request.GET.get("after", ""))
    return event_stream(frames(found.pk, after))


@require_POST
def cancel(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Stop one's own submission; what is graded already stays graded."""
    found = get_object_or_404(Submission.objects.visible_to(request.user), pk=pk)
    return JsonResponse({"state": actions.cancel(submission=found)})
