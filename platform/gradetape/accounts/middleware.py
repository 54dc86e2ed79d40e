"""Signing in comes first: every view asks for it unless it says `login_not_required`. And no answer is kept."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin

from gradetape.accounts.sessions import note_visit
from gradetape.accounts.zones import ZONE_COOKIE, zone_of
from gradetape.answers import refusal, wants_json


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends people to the sign-in page, and tells scripts 401: a redirect would reach them as a page of HTML."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseBase:  # type: ignore[override]
        if wants_json(request):
            return refusal(401, "signed_out", "You are signed out. Sign in again: your work is kept.")
        return super().handle_no_permission(request, view_func)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Pages are made for one person, also those that are not ours; what a view says of keeping goes first."""
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class VisitMiddleware(MiddlewareMixin):
    """Pages speak in their reader's time zone, and a session says when it was seen last."""

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """By now SignInMiddleware has looked the reader up, so asking again costs nothing."""
        name = request.COOKIES.get(ZONE_COOKIE, "")
        if request.user.is_authenticated and request.user.time_zone:
            name = request.user.time_zone
        chosen = zone_of(name)
        if chosen:
            timezone.activate(chosen)
        else:
            timezone.deactivate()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """A thread serves many people: nobody gets the zone of whoever came before."""
        timezone.deactivate()
        note_visit(request)
        return response
