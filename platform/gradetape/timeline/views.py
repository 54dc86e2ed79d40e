"""Watching and replaying: for the people of the interview's team. What they look at stands in the audit log."""

from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.accounts.models import User
from gradetape.answers import event_stream
from gradetape.audit.log import record_look
from gradetape.interviews.access import sitting_of
from gradetape.interviews.models import Interview, Sitting
from gradetape.interviews.naming import name_of
from gradetape.submissions.models import Submission
from gradetape.submissions.story import EventId, look
from gradetape.submissions.streaming import frames as story_frames
from gradetape.timeline import live
from gradetape.timeline.models import Recording
from gradetape.timeline.reading import page_of
from gradetape.timeline.verifying import matches_of

LONGEST_NUMBER = 12
SPEEDS = (1, 2, 4, 8, 16)


@require_safe
@never_cache
def watch(request: SignedInRequest, pk: UUID, sitting_id: UUID) -> HttpResponse:
    """The candidate's editor as they type; afterwards the way is to the replay."""
    found = sitting_of(request.user, pk, sitting_id)
    if not found.is_running:
        return redirect("interview_replay", pk, sitting_id)
    _looked(request.user, found)
    facts = _facts(found) | {"clock": live.clock_of(found)}
    return render(request, "interviews/watch.html", _context(found) | {"facts": facts})


@require_safe
@never_cache
def replay(request: SignedInRequest, pk: UUID, sitting_id: UUID) -> HttpResponse:
    """A sitting from its start to its end, or so far; ?at= and ?task= open it at a moment."""
    found = sitting_of(request.user, pk, sitting_id)
    _looked(request.user, found, "sitting.replayed")
    facts = _facts(found)
    context = {"facts": facts, "speeds": SPEEDS, "page_shortcuts": "interviews/replay_keys.html"}
    return render(request, "interviews/replay.html", _context(found) | context)


@require_safe
@never_cache
def timeline(request: SignedInRequest, pk: UUID, sitting_id: UUID) -> HttpResponse:
    """The timeline as JSON, a page at a time; ?after= goes on after the entry of a number."""
    found = sitting_of(request.user, pk, sitting_id)
    _looked(request.user, found)
    page = page_of(found, _number(request.GET.get("after", "")))
    told = {"entries": [one.public() for one in page.moments], "next": page.next, "more": page.more}
    return JsonResponse(told | _times(found) | {"clock": live.clock_of(found)})


@require_safe
@never_cache
def matches(request: SignedInRequest, pk: UUID, sitting_id: UUID) -> HttpResponse:
    """Whether replaying gives what was sent, by submission: `exact`, `differs` or `unknown`."""
    found = sitting_of(request.user, pk, sitting_id)
    return JsonResponse({str(submission): match.value for submission, match in matches_of(found).items()})


@require_GET
async def watch_events(request: SignedInRequest, pk: UUID, sitting_id: UUID) -> StreamingHttpResponse:
    """The timeline as it grows. It goes on after Last-Event-ID, which a browser sends that comes back, or ?after=."""
    await sync_to_async(_watched)(await request.auser(), pk, sitting_id)
    after = _number(request.headers.get("Last-Event-ID") or request.GET.get("after", ""))
    return event_stream(live.frames(sitting_id, after))


@require_GET
async def submission_events(request: SignedInRequest, pk: UUID, submission_id: UUID) -> StreamingHttpResponse:
    """A candidate's submission as it is graded, with nothing kept back."""
    found = await sync_to_async(_submission)(await request.auser(), pk, submission_id)
    after = EventId.parse(request.headers.get("Last-Event-ID") or request.GET.get("after", ""))
    return event_stream(story_frames(found.pk, after))


@require_safe
@never_cache
def submission_state(request: SignedInRequest, pk: UUID, submission_id: UUID) -> HttpResponse:
    """What that stream tells, for those who ask again and again."""
    found = _submission(request.user, pk, submission_id)
    snapshot = look(found.pk, EventId.parse(request.GET.get("after", "")))
    if snapshot is None:
        raise Http404
    return JsonResponse(snapshot.public())


def _submission(user: Any, pk: UUID, submission_id: UUID) -> Submission:
    """What a candidate of the interview sent, if one may see it. Raises Http404."""
    interview = get_object_or_404(Interview.objects.visible_to(user), pk=pk)
    sittings = Sitting.objects.filter(invitation__interview=interview)
    sent = Submission.objects.filter(candidate__in=sittings.values("candidate")).only("pk")
    return get_object_or_404(sent, pk=submission_id)


def _watched(user: Any, pk: UUID, sitting_id: UUID) -> None:
    _looked(user, sitting_of(user, pk, sitting_id))


def _looked(user: User, sitting: Sitting, action: str = "") -> None:
    usual = "sitting.watched" if sitting.is_running else "sitting.replayed"
    record_look(actor=user, action=action or usual, scope=sitting.interview.scope, about=f"sitting:{sitting.pk}")


def _number(text: str) -> int:
    """The number that was written; anything else means the very beginning."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else 0


def _context(sitting: Sitting) -> dict[str, Any]:
    return {"interview": sitting.interview, "sitting": sitting, "name": name_of(sitting)}


def _times(sitting: Sitting) -> dict[str, Any]:
    """When it started, and in seconds from then: now, its end, and since when nothing is recorded."""
    started = sitting.started_at
    assert started is not None
    cut_at = Recording.objects.filter(sitting=sitting).values_list("cut_at", flat=True).first()
    moments = {"now": timezone.now(), "ended": sitting.finished_at, "cut": cut_at}
    since = {name: (moment - started).total_seconds() if moment else None for name, moment in moments.items()}
    return {"started": started.isoformat(), **since}


def _facts(sitting: Sitting) -> dict[str, Any]:
    """What the page's script begins with."""
    here = [sitting.interview.pk, sitting.pk]
    return {
        "timeline": reverse("interview_timeline", args=here),
        "events": reverse("interview_watch_events", args=here),
        "replay": reverse("interview_replay", args=here),
        "watch": reverse("interview_watch", args=here),
        "matches": reverse("interview_matches", args=here),
        "submissions": f"{sitting.interview.get_absolute_url()}submissions/",
        "tasks": [_asked(task) for task in sitting.interview.tasks.select_related("challenge", "version")],
        **_times(sitting),
    }


def _asked(task: Any) -> dict[str, Any]:
    parts = task.version.parts_with_cases() if task.version else []
    fields = ("id", "title", "points", "sample")
    cases = [{name: case[name] for name in fields} for part in parts for case in part["cases"]]
    return {"slug": task.challenge.slug, "title": task.challenge.title, "cases": cases}
