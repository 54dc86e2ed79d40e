"""What is answered when something went wrong: JSON to scripts, problems to users of the API, a page to people."""

from django.http import HttpRequest, HttpResponse

from gradetape.answers import refusal, wants_json
from gradetape.api.problems import is_for_api, problem
from gradetape.api.problems import not_found as nothing_there
from gradetape.pages import errors


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what was sent can't be understood."""
    if is_for_api(request):
        return problem(400, "bad_request", "This request can't be understood.")
    return refusal(400, "bad_request", "This request can't be understood.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: known, and not allowed."""
    if is_for_api(request):
        return problem(403, "forbidden", "You may not do this.")
    if wants_json(request):
        return refusal(403, "forbidden", "You may not do this.")
    return errors.forbidden(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or nothing that this person may see."""
    if is_for_api(request):
        return nothing_there(request, exception)
    if wants_json(request):
        return refusal(404, "not_found", "There is nothing here.")
    return errors.not_found(request, exception)


def too_many(request: HttpRequest) -> HttpResponse:
    """429: too often (sign-in; submissions have an answer of their own)."""
    if is_for_api(request):
        return problem(429, "too_many", "Too many tries. Wait a minute.", retry_after=60)
    if wants_json(request):
        return refusal(429, "too_many", "Too many tries. Wait a minute.")
    return errors.too_many(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    if is_for_api(request):
        return problem(500, "server_error", "Something broke on our side. Nothing of yours is lost.")
    if wants_json(request):
        return refusal(500, "server_error", "Something broke on our side. Nothing of yours is lost.")
    return errors.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without its token."""
    if is_for_api(request):
        return problem(403, "csrf", "A session changes things with the header X-CSRFToken only. Programs send a token.")
    if wants_json(request):
        return refusal(403, "csrf", "This page is too old to send from. Reload it: your work is kept.")
    return errors.csrf_failure(request, reason)
