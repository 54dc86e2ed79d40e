"""The links of invitations: 256 random bits and a signature. Their digest is all that is kept.

The signature has an altered link refused before anything is looked up; the random part is what lets somebody in.
"""

import hashlib
import secrets
from typing import NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from gradetape.interviews.models import Invitation

SECRET_BYTES = 32
LONGEST = 200


class Link(NamedTuple):
    """An invitation's link, which nobody can find out later."""

    invitation: Invitation
    url: str


def signer() -> Signer:
    return Signer(sep=".", salt="gradetape.interviews.invitation")


def make_secret() -> str:
    """What a new link is made of."""
    return secrets.token_urlsafe(SECRET_BYTES)


def link_of(invitation: Invitation, secret: str) -> Link:
    """The link as it is given to the person."""
    return Link(invitation, settings.SITE_URL + reverse("invitation", args=[signer().sign(secret)]))


def digest_of(secret: str) -> str:
    """What is kept of it. A fast hash is enough for what can't be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def invitation_of(token: str) -> Invitation | None:
    """The invitation whose present link this is, whatever has become of it; None for any other text."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        secret = signer().unsign(token)
    except BadSignature:
        return None
    return Invitation.objects.select_related("interview").filter(digest=digest_of(secret)).first()
