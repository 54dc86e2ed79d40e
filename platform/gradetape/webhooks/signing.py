"""Signatures, by which a receiver knows that a message is ours, whole, and not an old one sent again.

    GradeTape-Signature: t=SECONDS,v1=HEX

HEX is the HMAC-SHA256 (RFC 2104) of `SECONDS.BODY` under the webhook's secret as text. While a secret is being
changed there are two v1. docs/webhooks.md has an example to test against.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from gradetape.webhooks.models import Webhook

HEADER = "GradeTape-Signature"
# How long the secret before the present one is used beside it.
OVERLAP = timedelta(days=1)


def make_salt() -> str:
    """What a new secret follows from."""
    return secrets.token_hex(16)


def secret_of(webhook: Webhook) -> str:
    """The secret. It follows from the installation's SECRET_KEY, so whoever reads the database alone has none."""
    return _secret(webhook, webhook.salt)


def secrets_of(webhook: Webhook, now: datetime) -> list[str]:
    """All that messages are signed with now, the present one first."""
    salts = [webhook.salt]
    if webhook.old_salt and webhook.rotated_at and now < webhook.rotated_at + OVERLAP:
        salts.append(webhook.old_salt)
    return [_secret(webhook, salt) for salt in salts]


def _secret(webhook: Webhook, salt: str) -> str:
    digest = salted_hmac("gradetape.webhooks.secret", f"{webhook.pk}:{salt}", algorithm="sha256").hexdigest()
    return f"gtwh_{digest}"


def signature(secret: str, seconds: int, body: bytes) -> str:
    """The signature in hex of a body sent at that time, in seconds since 1970."""
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def header(secrets: Iterable[str], seconds: int, body: bytes) -> str:
    """The header's value."""
    return ",".join([f"t={seconds}", *(f"v1={signature(secret, seconds, body)}" for secret in secrets)])
