"""Making, finding and taking back tokens."""

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.api.models import ApiToken, Scope

# So that people and scanners of sources know one when they see it.
PREFIX = "gt_"
SECRET_BYTES = 32
SHOWN = 8
LONGEST = 100
USED_EVERY = timedelta(minutes=1)


class TokenError(Exception):
    """This token can't be made. The message is for its owner."""


class Made(NamedTuple):
    """A new token and its text, which nobody can find out later."""

    token: ApiToken
    text: str


def make_token(*, user: User, name: str, scope: Scope, days: int | None) -> Made:
    """A token that lasts `days`, or until it is revoked. Raises TokenError."""
    text = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    expires_at = timezone.now() + timedelta(days=days) if days else None
    mine = ApiToken.objects.visible_to(user)
    try:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=user.pk)
            if mine.count() >= settings.TOKENS_A_PERSON:
                raise TokenError(f"You have {settings.TOKENS_A_PERSON} tokens. Revoke one that you no longer need.")
            token = ApiToken.objects.create(
                user=user, name=name, scope=scope, expires_at=expires_at, digest=digest_of(text), hint=text[:SHOWN]
            )
    except IntegrityError as error:
        raise TokenError(f"You already have a token called {name}. Choose another name, or revoke that one.") from error
    return Made(token, text)


def revoke_token(*, user: User, token_id: int) -> bool:
    """From now on it opens nothing. False when there is none of that id."""
    deleted, _ = ApiToken.objects.visible_to(user).filter(pk=token_id).delete()
    return deleted > 0


def token_of(text: str) -> ApiToken | None:
    """The valid token of that text, with its owner; notes that it was used.

    A fast hash is enough: 256 random bits can't be guessed, and an index finds it without a comparison to be timed.
    """
    if not text.startswith(PREFIX) or len(text) > LONGEST:
        return None
    token = ApiToken.objects.valid().select_related("user").filter(digest=digest_of(text)).first()
    now = timezone.now()
    if token and (token.last_used_at is None or now - token.last_used_at > USED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def digest_of(text: str) -> str:
    """What is kept of a token's text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
