"""What whoever is invited sees around the challenges: the invitation, the lobby, the overview, the end."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django import forms
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from gradetape.accounts.forms import tidy
from gradetape.accounts.http import SignedInRequest
from gradetape.answers import event_stream
from gradetape.interviews.actions.invite import accept
from gradetape.interviews.actions.sit import hand_in
from gradetape.interviews.actions.sit import start as start_sitting
from gradetape.interviews.exceptions import LinkOfNoUse, NotNow
from gradetape.interviews.forms import LONGEST_DAYS
from gradetape.interviews.links import invitation_of
from gradetape.interviews.models import Invitation, InvitationState, Sitting
from gradetape.interviews.progress import desks_of
from gradetape.interviews.views.seat import seat_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SESSION_AGE = timedelta(days=LONGEST_DAYS)
TICKS = 3
TICK_SECONDS = 0.3


class ConsentForm(forms.Form):
    """What an invitation asks before it lets somebody in."""

    name = forms.CharField(
        max_length=80, label="Your name", help_text="Your interviewers see it beside your work.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    consent = forms.BooleanField(
        label="I have read what is recorded, and I agree to it.",
        error_messages={"required": "Without your consent there is no interview. Ask whoever invited you if in doubt."},
    )

    def clean_name(self) -> str:
        return tidy(self.cleaned_data["name"])


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """A link that was sent: asks for name and consent, then lets this browser in and no other."""
    found = invitation_of(token)
    if found is None or found.state in {InvitationState.REVOKED, InvitationState.EXPIRED}:
        return _refused(request)
    seat = Sitting.objects.select_related("candidate").filter(invitation=found).first()
    if found.claimed_at:
        if seat and seat.candidate == request.user:
            return redirect(seat)
        return _refused(request, is_taken=True)
    form = ConsentForm(request.POST or None, initial={"name": seat.candidate.display_name if seat else found.name})
    if request.method == "POST" and form.is_valid():
        try:
            seat = accept(invitation=found, name=form.cleaned_data["name"])
        except LinkOfNoUse:
            return _refused(request, is_taken=True)
        login(request, seat.candidate, backend=BACKEND)
        # Nobody can sign in again to a guest's account, and the window may begin in weeks.
        request.session.set_expiry(SESSION_AGE)
        return redirect(seat)
    context = {"invitation": found, "interview": found.interview, "form": form, "length": _length(found), "seat": seat}
    return render(request, "interviews/invitation.html", context, status=400 if form.errors else 200)


def _length(found: Invitation) -> int:
    return found.interview.minutes + found.extra_minutes


def _refused(request: HttpRequest, *, is_taken: bool = False) -> HttpResponse:
    """An altered link, one that expired, was taken back, or was used in another browser: what to do is the same."""
    return render(request, "interviews/refused.html", {"is_taken": is_taken}, status=410)


@require_safe
@never_cache
def sitting(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The lobby before, the overview while it runs, and a word of thanks afterwards."""
    seat = seat_of(request.user, pk)
    now = timezone.now()
    context: dict[str, Any] = {"sitting": seat, "interview": seat.interview, "desks": desks_of(seat), "now": now}
    if seat.is_waiting:
        context["startable"] = seat.startable(now)
        return render(request, "interviews/lobby.html", context)
    page = "overview" if seat.is_running else "over"
    return render(request, f"interviews/{page}.html", context)


@require_POST
def start(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Start the clock, and go to the first challenge."""
    seat = seat_of(request.user, pk)
    try:
        start_sitting(sitting=seat)
    except NotNow:
        return redirect(seat)
    first = seat.interview.tasks.select_related("challenge").first()
    return redirect("sitting_challenge", pk=seat.pk, slug=first.challenge.slug) if first else redirect(seat)


@require_POST
def finish(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Hand everything in before the time is up, if they say that they mean it."""
    seat = seat_of(request.user, pk)
    if request.POST.get("sure") == "yes":
        hand_in(sitting=seat)
    return redirect(seat)


@require_safe
@never_cache
def clock(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What the page's clock goes by. The server's time comes along: a computer's own may be wrong."""
    seat = seat_of(request.user, pk)
    told = {"state": seat.state, "now": timezone.now(), "deadline": seat.deadline, "credit": round(seat.credit)}
    return JsonResponse(told)


@require_GET
async def check(request: SignedInRequest, pk: UUID) -> StreamingHttpResponse:
    """Three events, one after the other, for a page that wants to know whether live results would get through."""
    await sync_to_async(seat_of)(await request.auser(), pk)  # type: ignore[arg-type]

    async def ticks() -> AsyncIterator[bytes]:
        for number in range(1, TICKS + 1):
            yield f"event: tick\ndata: {number}\n\n".encode()
            await asyncio.sleep(TICK_SECONDS)

    return event_stream(ticks())
