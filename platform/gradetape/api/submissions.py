"""Submissions: sending one, following it, stopping it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Query, Router, Status

from gradetape.accounts.models import User
from gradetape.answers import event_stream
from gradetape.api.admission import ApiRequest
from gradetape.api.challenges import challenge_of
from gradetape.api.paging import part_of, window
from gradetape.api.problems import Problem
from gradetape.api.schemas import CancelledOut, Page, Paging, StateOut, SubmissionIn, SubmissionOut, SubmissionRowOut
from gradetape.submissions import actions
from gradetape.submissions.exceptions import SourceTooLarge, TooFast, TooManyOpen
from gradetape.submissions.models import Kind, Submission
from gradetape.submissions.progress import case_rows
from gradetape.submissions.story import EventId, look
from gradetape.submissions.streaming import frames
from gradetape.submissions.text import encoded

router = Router(tags=["submissions"])
KINDS = (Kind.RUN, Kind.SUBMIT)
FACTS = ("id", "kind", "state", "verdict", "score", "created_at", "finished_at")


def submissions_of(user: User) -> Any:
    """The submissions that this person may see here; snippets are for the page that they were typed on."""
    return Submission.objects.visible_to(user).filter(kind__in=KINDS)


@router.post(
    "/challenges/{slug}/submissions", response={201: SubmissionRowOut}, url_name="api_submit", operation_id="submit"
)
def submit(request: ApiRequest, slug: str, body: SubmissionIn) -> Status[Any]:
    """Send a file to be graded. Follow it at `events_url`, or ask again and again at `state_url`."""
    version: Any = challenge_of(request.user, slug).live
    try:
        sent = actions.submit(
            candidate=request.user, version=version, source=encoded(body.source), kind=Kind(body.kind)
        )
    except SourceTooLarge as error:
        raise Problem(413, error.code, str(error)) from error
    except (TooManyOpen, TooFast) as error:
        raise Problem(429, error.code, str(error), retry_after=error.retry_after) from error
    return Status(201, _row(request, sent))


@router.get(
    "/submissions", response=Page[SubmissionRowOut], url_name="api_submissions", operation_id="list_submissions"
)
def submissions(request: ApiRequest, paging: Query[Paging], challenge: str = "") -> dict[str, Any]:
    """Your submissions, the newest first."""
    mine = submissions_of(request.user).filter(candidate=request.user)
    if challenge:
        mine = mine.filter(version__challenge__slug=challenge)
    rows = mine.listed()[window(paging)]
    return part_of(request, paging, mine.count(), rows, lambda row: _row(request, row))


@router.get("/submissions/{uuid:pk}", response=SubmissionOut, url_name="api_submission", operation_id="get_submission")
def submission(request: ApiRequest, pk: UUID) -> dict[str, Any]:
    """One submission with its source, and every case with its result as far as there is one."""
    mine = submissions_of(request.user).select_related("version__challenge")
    found: Submission = get_object_or_404(mine, pk=pk)
    snapshot = look(found.pk)
    story = [event.public() for event in snapshot.events] if snapshot else []
    more = {"message": found.message, "line": found.line, "source": found.text, "output": found.output}
    return {**_row(request, found), **more, "cases": case_rows(found, story)}


@router.post(
    "/submissions/{uuid:pk}/cancel", response=CancelledOut, url_name="api_cancel", operation_id="cancel_submission"
)
def cancel(request: ApiRequest, pk: UUID) -> dict[str, Any]:
    """Stop your submission; what is graded already stays graded."""
    found = get_object_or_404(submissions_of(request.user), pk=pk)
    return {"state": actions.cancel(submission=found)}


@router.get("/submissions/{uuid:pk}/state", response=StateOut, url_name="api_state", operation_id="get_state")
def state(request: ApiRequest, pk: UUID, after: str = "") -> dict[str, Any]:
    """The state, and the events after the id `after`: for where a stream can't be kept open."""
    found = get_object_or_404(submissions_of(request.user).only("pk"), pk=pk)
    snapshot = look(found.pk, EventId.parse(after))
    if snapshot is None:
        raise Http404
    return snapshot.public()


@router.get("/submissions/{uuid:pk}/events", url_name="api_events", operation_id="stream_events")
def events(request: ApiRequest, pk: UUID, after: str = "") -> HttpResponse:
    """The story as it is told: server-sent events, going on after the header Last-Event-ID or `after`.

    It ends with an event `end`. Where it is cut, ask again with the last id that you saw.
    """
    found = get_object_or_404(submissions_of(request.user).only("pk"), pk=pk)
    seen = EventId.parse(request.headers.get("Last-Event-ID") or after)
    return event_stream(frames(found.pk, seen))  # type: ignore[return-value]  # a stream is a response too


def _row(request: HttpRequest, found: Submission) -> dict[str, Any]:
    places = {"url": "submission", "events_url": "api_events", "state_url": "api_state"}
    where = {name: request.build_absolute_uri(reverse(view, args=[found.pk])) for name, view in places.items()}
    facts = {name: getattr(found, name) for name in FACTS}
    return {**facts, "challenge": found.challenge.slug, "version": found.version.number, **where}
