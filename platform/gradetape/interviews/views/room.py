"""The room: the workbench within a sitting. No answer holds more than its interview lets a candidate know."""

from typing import Any
from uuid import UUID

import msgspec
from asgiref.sync import sync_to_async
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.answers import event_stream, refusal, too_many
from gradetape.interviews.actions.sit import taking
from gradetape.interviews.exceptions import TimeIsUp
from gradetape.interviews.models import Sitting, Task, Visibility
from gradetape.interviews.progress import desks_of, sent_for, sent_rows
from gradetape.interviews.veil import Veil, veiled
from gradetape.interviews.views.seat import seat_of, task_of
from gradetape.submissions import actions, desk
from gradetape.submissions.bodies import body_of
from gradetape.submissions.exceptions import SourceTooLarge, TooFast, TooManyOpen
from gradetape.submissions.models import Draft, Kind, Snippet, Submission
from gradetape.submissions.story import BEGINNING, EventId, look
from gradetape.submissions.streaming import frames
from gradetape.submissions.views import Sent, take_in
from gradetape.timeline.batches import Number
from gradetape.timeline.recording import note_sent


@require_safe
@never_cache
def challenge(request: SignedInRequest, pk: UUID, slug: str) -> HttpResponse:
    """The workbench for one task, while the sitting runs."""
    seat = seat_of(request.user, pk)
    if not seat.is_running:
        return redirect(seat)
    task = task_of(seat, slug)
    version: Any = task.version
    is_told_all = seat.interview.visibility == Visibility.EVERYTHING
    context = {
        "sitting": seat,
        "interview": seat.interview,
        "task": task,
        "desks": desks_of(seat),
        "challenge": task.challenge,
        "version": version,
        "statement_html": version.statement_html,
        "parts": version.parts_with_cases(),
        "shown_parts": version.parts_with_cases(samples_only=not is_told_all),
        "starter": version.starter,
        "draft": desk.draft_of(request.user, task.challenge, version),
        "followed": _followed(seat, task),
        "rows": sent_rows(seat, task),
        **desk.desk_of(request.user, task.challenge),
        "tried": _tried(seat, task),
    }
    return render(request, "interviews/room.html", context)


def _followed(seat: Sitting, task: Task) -> dict[str, Any] | None:
    """What the page's script follows: what is under way, else the newest."""
    mine = sent_for(seat, task).in_histories()
    found = mine.open().first() or mine.first()
    return _facts(seat, found) if found else None


def _tried(seat: Sitting, task: Task) -> dict[str, Any] | None:
    """The snippet that was tried last."""
    mine = sent_for(seat, task).filter(kind=Kind.SCRATCH)
    found = mine.only("kind", "state").first()
    return _facts(seat, found) if found else None


def _facts(seat: Sitting, found: Submission) -> dict[str, Any]:
    where = reverse("sitting_events", args=[seat.pk, found.pk])
    url = where.removesuffix("events/")
    return {"id": found.pk, "url": url, "events_url": where, "kind": found.kind, "state": found.state}


@require_safe
@never_cache
def attempts(request: SignedInRequest, pk: UUID, slug: str) -> HttpResponse:
    """What was sent for a task, for the tab of the room."""
    seat = seat_of(request.user, pk)
    if not seat.is_running:
        return redirect(seat)
    return render(request, "interviews/attempts.html", {"rows": sent_rows(seat, task_of(seat, slug))})


@require_http_methods(["PUT"])
def save_draft(request: SignedInRequest, pk: UUID, slug: str) -> HttpResponse:
    """Keep what is in the editor, as long as it counts."""
    return _saved(request, pk, slug, Draft)


@require_http_methods(["PUT"])
def save_snippet(request: SignedInRequest, pk: UUID, slug: str) -> HttpResponse:
    """Keep what is tried out, as long as the sitting runs."""
    return _saved(request, pk, slug, Snippet)


def _saved(request: SignedInRequest, pk: UUID, slug: str, model: type[Draft] | type[Snippet]) -> HttpResponse:
    seat = seat_of(request.user, pk)
    task = task_of(seat, slug)
    try:
        with taking(sitting=seat):
            return desk.saved(request, model, task.challenge)
    except TimeIsUp as error:
        return refusal(410, error.code, str(error))


@require_safe
@never_cache
def versions(request: SignedInRequest, pk: UUID, slug: str) -> HttpResponse:
    """What the draft was before, the newest first; without the texts."""
    return desk.versions_of(request.user, _task_at(request, pk, slug).challenge)


@require_safe
@never_cache
def version(request: SignedInRequest, pk: UUID, slug: str, revision: int) -> HttpResponse:
    """One of them, with its text."""
    return desk.version_of(request.user, _task_at(request, pk, slug).challenge, revision)


def _task_at(request: SignedInRequest, pk: UUID, slug: str) -> Task:
    return task_of(_running(request.user, pk), slug)


class LastTold(msgspec.Struct):
    """The entry of the timeline after which something was sent."""

    page: UUID
    sequence: Number


class SentHere(Sent):
    """The body of a submission in the room. `recorded` is there where its page records."""

    recorded: LastTold | None = None

    def after(self) -> dict[str, Any]:
        """What a `sent` entry says of it."""
        return {} if self.recorded is None else {"page": str(self.recorded.page), "sequence": self.recorded.sequence}


@require_POST
def submit(request: SignedInRequest, pk: UUID, slug: str) -> HttpResponse:
    """Send a source to be graded with the pinned version: 201 and where to watch it."""
    seat = seat_of(request.user, pk)
    task = task_of(seat, slug)
    version: Any = task.version
    try:
        sent = body_of(request, SentHere)
        with taking(sitting=seat):
            made = take_in(request.user, version, sent)
            note_sent(sitting=seat, submission=made, task=task, **sent.after())
    except BadRequest as error:
        return refusal(400, "not_json", str(error))
    except SourceTooLarge as error:
        return refusal(400, error.code, str(error))
    except TimeIsUp as error:
        return refusal(410, error.code, str(error))
    except (TooManyOpen, TooFast) as error:
        return too_many(error.code, str(error), error.retry_after)
    return JsonResponse(_facts(seat, made), status=201)


@require_safe
@never_cache
def state(request: SignedInRequest, pk: UUID, submission_id: UUID) -> HttpResponse:
    """What the stream tells, for pages that ask again and again."""
    seat = _running(request.user, pk)
    found = _sent(seat, submission_id)
    after = EventId.parse(request.GET.get("after", ""))
    veil = Veil.over(found, seat.interview.visibility)
    snapshot = look(found.pk, BEGINNING if veil else after)
    if snapshot is None:
        raise Http404
    if veil is None:
        return JsonResponse(snapshot.public())
    seen = [one.public() for one in map(veil.take, snapshot.events) if one and one.id > after]
    return JsonResponse(snapshot._replace(verdict=None, score=None, events=[]).public() | {"events": seen})


@require_GET
async def events(request: SignedInRequest, pk: UUID, submission_id: UUID) -> StreamingHttpResponse:
    """The live stream; it goes on after Last-Event-ID or ?after=, as every submission's does."""
    found, visibility = await _looked_up(await request.auser(), pk, submission_id)
    after = EventId.parse(request.headers.get("Last-Event-ID") or request.GET.get("after", ""))
    veil = Veil.over(found, visibility)
    stream = veiled(frames(found.pk, BEGINNING), veil, after) if veil else frames(found.pk, after)
    return event_stream(stream)


@sync_to_async
def _looked_up(user: Any, pk: UUID, submission_id: UUID) -> tuple[Submission, str]:
    seat = _running(user, pk)
    return _sent(seat, submission_id), seat.interview.visibility


@require_POST
def cancel(request: SignedInRequest, pk: UUID, submission_id: UUID) -> HttpResponse:
    """Stop what is not graded yet."""
    seat = _running(request.user, pk)
    return JsonResponse({"state": actions.cancel(submission=_sent(seat, submission_id))})


def _running(user: Any, pk: UUID) -> Sitting:
    """The candidate's sitting while it runs. Raises Http404 before and afterwards."""
    seat = seat_of(user, pk)
    if not seat.is_running:
        raise Http404
    return seat


def _sent(seat: Sitting, submission_id: UUID) -> Submission:
    mine = Submission.objects.filter(candidate_id=seat.candidate_id).select_related("version")
    return get_object_or_404(mine, pk=submission_id)
