"""Who may come in: a valid token, or a session with its CSRF token; and how often."""

from collections.abc import Callable
from functools import wraps
from time import time
from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_protect
from redis.exceptions import RedisError

from gradetape.accounts.http import SignedInRequest
from gradetape.api.models import ApiToken
from gradetape.api.problems import Problem, problem
from gradetape.api.tokens import token_of

log = structlog.get_logger(__name__)

View = Callable[..., HttpResponseBase]
SAFE = {"GET", "HEAD", "OPTIONS"}
WINDOW_SECONDS = 60
HOW = "Send “Authorization: Bearer TOKEN”; tokens are made on the page “API tokens” of your account."


class ApiRequest(SignedInRequest):
    """A request that was let in. `token` is None for people who come with a session."""

    token: ApiToken | None


def admitted(view: View) -> View:
    """The view, for whoever may come in; everybody else gets a problem."""
    # Ninja marks its views as exempt, which would make the check below pass over them.
    view.csrf_exempt = False  # type: ignore[attr-defined]
    with_csrf = csrf_protect(view)

    @wraps(view)
    def admit(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            request.token = _token_in(request)
            if request.token:
                _enter_by_token(request, request.token)
            elif not request.user.is_authenticated:
                raise Problem(401, "signed_out", f"This needs a token. {HOW}")
            _count(f"api:{request.user.pk}", settings.API_REQUESTS_A_MINUTE)
        except Problem as error:
            return error.answer()
        # A token is sent on purpose. A cookie comes along by itself, so other sites could send it too.
        answer = view(request, *args, **kwargs) if request.token else with_csrf(request, *args, **kwargs)
        return _not_offered(answer) if answer.status_code == 405 else answer

    # Not by Django's decorators: they hand on what the view already says of itself, which is the opposite.
    admit.csrf_exempt, admit.login_required = True, False  # type: ignore[attr-defined]
    return admit


def _not_offered(answer: HttpResponseBase) -> HttpResponseBase:
    """405 in words."""
    offered = answer.headers["Allow"]
    said = problem(405, "method", f"This address takes {offered}.")
    said["Allow"] = offered
    return said


def _token_in(request: HttpRequest) -> ApiToken | None:
    """The token that was sent, or None when none was. Raises Problem for one that is not valid."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Problem(401, "wrong_scheme", f"Authorization of the kind “{scheme[:20]}” is not understood. {HOW}")
    who = f"api-wrong:{get_adapter().get_client_ip(request)}"
    token = token_of(text.strip())
    if token is None:
        _count(who, settings.API_WRONG_TOKENS_A_MINUTE)
        raise Problem(401, "wrong_token", f"This token is unknown, was revoked or has expired. {HOW}")
    return token


def _enter_by_token(request: Any, token: ApiToken) -> None:
    """Become the token's owner, without the session that a browser may have sent too."""
    if request.method not in SAFE and not token.may_write:
        raise Problem(403, "read_only", "This token may only read. Make one that may submit.")
    request.user, request.session = token.user, SessionStore()


def _count(key: str, limit: int) -> None:
    """Count one more in this minute. Raises Problem beyond the limit; without Redis nobody counts."""
    now = time()
    window = f"{key}:{int(now // WINDOW_SECONDS)}"
    try:
        cache.add(window, 0, timeout=2 * WINDOW_SECONDS)
        count = cache.incr(window)
    except (RedisError, ValueError) as error:
        log.warning("requests not counted", reason=str(error))
        return
    if count > limit:
        wait = WINDOW_SECONDS - int(now % WINDOW_SECONDS)
        raise Problem(429, "too_many", f"More than {limit} requests in a minute. Wait {wait} s.", retry_after=wait)
