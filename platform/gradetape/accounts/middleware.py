"""Signing in comes first: every view asks for it unless it says `login_not_required`. And no answer is kept."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers

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
