"""Where allauth asks us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse

from gradetape.accounts.forms import tidy
from gradetape.accounts.freshness import signed_in_lately
from gradetape.accounts.models import Role, User


class AccountAdapter(DefaultAccountAdapter):
    """Whoever signs up is a candidate, whatever the form said."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.role = Role.CANDIDATE
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Signing up is a sign-in too; allauth writes down the later ones only."""
        if kwargs.get("signup"):
            record_authentication(request, user, method="signup")
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in is not asked for the password a second time."""
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required and not signed_in_lately(self.request)


class CompanyAdapter(DefaultSocialAccountAdapter):
    """Whoever comes from the company's provider for the first time is a candidate with the name it gave."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        user.role = Role.CANDIDATE
        user.email = (user.email or "").lower()
        user.display_name = tidy(str(data.get("name") or ""))[:80]
        return user
