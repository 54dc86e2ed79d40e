"""What may not be done by whoever finds an open browser: it asks for the password or the second factor again."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

View = Callable[..., HttpResponseBase]


def fresh_sign_in_required(view: View) -> View:
    """The view, for those who signed in or confirmed it was them a few minutes ago; others are asked to first."""
    asking = reauthentication_required(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Who has neither password nor second factor here can only sign in anew where they came from.
        if not get_reauthentication_flows(request.user) and not signed_in_lately(request):
            return redirect(f"{reverse('account_again')}?{urlencode({'next': request.path})}")
        answer: HttpResponseBase = asking(request, *args, **kwargs)
        return answer

    return guarded


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether this session's last sign-in is recent."""
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
