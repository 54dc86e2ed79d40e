"""How long what candidates did is kept: what they were told, and whose time has come."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet

from gradetape.interviews.models import AfterKeeping, Interview, Invitation, Sitting


class Promise(NamedTuple):
    """What candidates are told before they agree: kept for so many days, and what then becomes of it."""

    days: int | None
    then: str

    def __str__(self) -> str:
        if self.days is None:
            return "kept until somebody deletes it"
        end = "deleted" if self.then == AfterKeeping.DELETE else "only the numbers, without the person"
        return f"kept for {self.days} day{'' if self.days == 1 else 's'}, then {end}"

    def holds(self, days: int | None, then: str | None) -> bool:
        """Whether other rules keep no more and no longer than this."""
        if self.days is None:
            return True
        is_no_longer = days is not None and days <= self.days
        return is_no_longer and (self.then != AfterKeeping.DELETE or then == AfterKeeping.DELETE)


def promise_of(interview: Interview) -> Promise | None:
    """What somebody has agreed to already; None while nobody has."""
    if interview.is_new or not Sitting.objects.filter(invitation__interview=interview).exists():
        return None
    return Promise(interview.keep_days, interview.keep_then)


def sittings_due(interview: Interview, now: datetime) -> QuerySet[Sitting]:
    """The sittings that ended long enough ago; what is anonymised already is not due for that once more."""
    if interview.keep_days is None:
        return Sitting.objects.none()
    ended = Sitting.objects.filter(
        invitation__interview=interview, finished_at__lte=now - timedelta(days=interview.keep_days)
    )
    return ended if interview.keep_then == AfterKeeping.DELETE else ended.filter(anonymised_at=None)


def invitations_due(interview: Interview, now: datetime) -> QuerySet[Invitation]:
    """Who never started, and can't for long enough: their link has expired, and the interview's window is over."""
    if interview.keep_days is None:
        return Invitation.objects.none()
    before = now - timedelta(days=interview.keep_days)
    over = Q(interview__ends_at=None) | Q(interview__ends_at__lte=before)
    return interview.invitations.filter(over, expires_at__lte=before, sitting__started_at=None)
