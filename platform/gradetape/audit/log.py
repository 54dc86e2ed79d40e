"""Writing the audit log, and reading it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.audit.models import AuditEntry

# Looking at one page again and again is one look.
SAME_LOOK = timedelta(minutes=10)


def record(*, actor: User | None, action: str, scope: str, about: str = "", **details: Any) -> None:
    """Write down what somebody did. `actor` None: the platform itself. `details` must be plain data."""
    AuditEntry.objects.create(actor=actor, action=action, scope=scope, about=about, details=details)


def record_look(*, actor: User, action: str, scope: str, about: str = "") -> None:
    """Write down that somebody looked, once in ten minutes."""
    since = timezone.now() - SAME_LOOK
    same = AuditEntry.objects.filter(actor=actor, action=action, scope=scope, about=about, at__gt=since)
    if not same.exists():
        record(actor=actor, action=action, scope=scope, about=about)


def forget_details(*, scope: str, about: Iterable[str]) -> None:
    """Empty the details of all entries about somebody who is forgotten: reasons tell of people.

    The one change that the log takes. Who did what and when stays.
    """
    AuditEntry.objects.filter(scope=scope, about__in=list(about)).update(details={})


def entries_of(scope: str) -> QuerySet[AuditEntry]:
    """The log of a scope, the newest first."""
    return AuditEntry.objects.filter(scope=scope).select_related("actor")
