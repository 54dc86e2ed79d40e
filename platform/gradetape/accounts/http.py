"""The request as views behind the sign-in get it."""

from django.http import HttpRequest

from gradetape.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request of somebody with an account; SignInMiddleware has seen to it."""

    user: User
