"""Writes on accounts."""

import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import transaction

from gradetape.accounts.models import Role, User

DEMO_DOMAIN = "demo.gradetape.local"
DEMO_NAMES = {Role.CANDIDATE: "Ana", Role.INTERVIEWER: "Ines", Role.AUTHOR: "Arun", Role.ADMIN: "Ada"}


@dataclass(frozen=True)
class DemoAccount:
    """A demo account; the password is known only at the moment it was made."""

    email: str
    role: Role
    password: str | None


@transaction.atomic
def provide_demo_accounts(*, reset: bool) -> list[DemoAccount]:
    """One account a role. Those that exist keep their passwords unless `reset` is true."""
    return [_provide(role=role, name=name, reset=reset) for role, name in DEMO_NAMES.items()]


def _provide(*, role: Role, name: str, reset: bool) -> DemoAccount:
    email = f"{role.value}@{DEMO_DOMAIN}"
    user = User.objects.filter(email=email).first()
    if user and not reset:
        return DemoAccount(email=email, role=role, password=None)
    password = secrets.token_urlsafe(12)
    user = user or User(email=email, display_name=name, role=role, trusted_to_publish=role == Role.AUTHOR)
    user.set_password(password)
    user.save()
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return DemoAccount(email=email, role=role, password=password)
