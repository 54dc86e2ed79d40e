"""Where allauth asks us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from gradetape.accounts.models import Role, User


class AccountAdapter(DefaultAccountAdapter):
    """Whoever signs up is a candidate, whatever the form said."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.role = Role.CANDIDATE
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved
