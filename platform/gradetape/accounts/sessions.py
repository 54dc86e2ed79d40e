"""Where somebody is signed in, and how to end it."""

import re
from dataclasses import dataclass
from datetime import datetime

import structlog
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from redis.exceptions import RedisError

from gradetape.accounts.models import User

log = structlog.get_logger(__name__)

# In this order: every one of them also says what comes after it.
BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"), ("python", "Python"),
    ("curl", "curl"),
)  # fmt: skip
SYSTEMS = (
    ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class Seat:
    """One session as its owner sees it."""

    id: int
    device: str
    system: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


def note_visit(request: HttpRequest) -> None:
    """Write down that this session is in use: once in a while, and never at the cost of the answer."""
    session = getattr(request, "session", None)
    every = settings.SEEN_EVERY_SECONDS
    if not (every and session and session.session_key and request.user.is_authenticated):
        return
    try:
        is_due = cache.add(f"seen:{session.session_key}", 1, timeout=every)
        # A session that ended while this request was under way stays ended.
        if is_due and session.exists(session.session_key):
            UserSession.objects.create_from_request(request)
    except (RedisError, ValidationError) as error:
        log.warning("visit not noted", reason=str(error))


def seats_of(user: User, current: str | None) -> list[Seat]:
    """All that still hold, this one first, then by when they were seen last."""
    seats = [
        Seat(
            id=session.pk, device=device_of(session.user_agent), system=system_of(session.user_agent),
            address=session.ip, began_at=session.created_at, seen_at=session.last_seen_at,
            is_this=session.session_key == current,
        )
        for session in UserSession.objects.purge_and_list(user)
    ]  # fmt: skip
    return sorted(seats, key=lambda seat: (not seat.is_this, -seat.seen_at.timestamp()))


def end_session(*, user: User, session_id: int, current: str | None) -> bool:
    """End one of one's other sessions; False when there is none of that id."""
    session = UserSession.objects.filter(user=user, pk=session_id).exclude(session_key=current or "").first()
    if session is None:
        return False
    session.end()
    return True


def end_sessions(*, user: User, but: str | None = None) -> int:
    """End all sessions, or all but one. Says how many there were."""
    sessions = list(UserSession.objects.filter(user=user).exclude(session_key=but or ""))
    for session in sessions:
        session.end()
    return len(sessions)


def device_of(agent: str) -> str:
    """What the browser calls itself, in a word."""
    return _named(agent, BROWSERS) or "Unknown browser"


def system_of(agent: str) -> str:
    """What the browser says it runs on, in a word."""
    return _named(agent, SYSTEMS)


def _named(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in names if re.search(rf"\b{sign}", agent)), "")
