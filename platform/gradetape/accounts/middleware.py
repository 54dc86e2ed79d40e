"""Signing in comes first: every view asks for it unless it says `login_not_required`."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gradetape.answers import refusal, wants_json


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends people to the sign-in page, and tells scripts 401: a redirect would reach them as a page of HTML."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseBase:  # type: ignore[override]
        if wants_json(request):
            return refusal(401, "signed_out", "You are signed out. Sign in again: your work is kept.")
        return super().handle_no_permission(request, view_func)
