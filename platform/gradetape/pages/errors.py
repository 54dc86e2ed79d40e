"""Error pages: what happened, that nothing typed is lost, and the way back."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template import loader


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but this is not theirs to do."""
    return render(request, "errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token was missing or too old."""
    return render(request, "errors/403.html", {"stale_form": True}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not one this person may know of."""
    return render(request, "errors/404.html", status=404)


def too_many(request: HttpRequest, retry_after: int | None = None) -> HttpResponse:
    """429: slow down. `retry_after` in seconds, when known."""
    response = render(request, "errors/429.html", {"retry_after": retry_after}, status=429)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without the request, for whatever broke may be in what the shell asks of it."""
    return HttpResponseServerError(loader.render_to_string("errors/500.html"))
