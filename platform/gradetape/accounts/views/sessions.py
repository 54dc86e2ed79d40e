"""Where one is signed in."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.accounts.sessions import end_session, end_sessions, seats_of


@require_safe
def sessions(request: SignedInRequest) -> HttpResponse:
    """Every session that holds, this one first."""
    seats = seats_of(request.user, request.session.session_key)
    return render(request, "accounts/sessions.html", {"seats": seats})


@require_POST
def end_one(request: SignedInRequest, pk: int) -> HttpResponse:
    """End one other session."""
    if not end_session(user=request.user, session_id=pk, current=request.session.session_key):
        raise Http404
    messages.success(request, "That session has ended.")
    return redirect("account_sessions")


@require_POST
def end_others(request: SignedInRequest) -> HttpResponse:
    """End every session but this one."""
    ended = end_sessions(user=request.user, but=request.session.session_key)
    messages.success(request, f"{ended} other session{' has' if ended == 1 else 's have'} ended.")
    return redirect("account_sessions")
