"""The request as views behind the sign-in get it, and views that only some people have."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from gradetape.accounts.models import User

View = Callable[..., HttpResponse]


class SignedInRequest(HttpRequest):
    """A request of somebody with an account; SignInMiddleware has seen to it."""

    user: User


def only_for(may: Callable[[User], bool]) -> Callable[[View], View]:
    """Makes a view one for those who may; for everybody else there is nothing there."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request.user):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return guard
