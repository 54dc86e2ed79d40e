"""Inviting people, and letting them in."""

from collections.abc import Sequence
from datetime import datetime
from smtplib import SMTPException
from typing import NamedTuple

import structlog
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from gradetape.interviews.exceptions import LinkOfNoUse, NotOpen
from gradetape.interviews.guests import leave_other_places, make_guest
from gradetape.interviews.links import Link, digest_of, link_of, make_secret
from gradetape.interviews.models import Interview, Invitation, Sitting
from gradetape.interviews.people import BadLine, read

log = structlog.get_logger(__name__)


class Invited(NamedTuple):
    """What came of a list: a link for each person, and the lines that could not be used."""

    links: list[Link]
    bad: list[BadLine]


@transaction.atomic
def invite(*, interview: Interview, text: str, expires_at: datetime) -> Invited:
    """Make an invitation for each person in the text; who has one already keeps it, and is named. Raises NotOpen."""
    found = Interview.objects.select_for_update().get(pk=interview.pk)
    if not found.is_open:
        raise NotOpen
    people, bad = read(text)
    known = set(found.invitations.values_list("email", flat=True))
    links = []
    for person in people:
        if person.email in known:
            bad.append(BadLine(person.line, person.text, "is invited already; make a new link in the list below"))
            continue
        secret = make_secret()
        invitation = Invitation.objects.create(
            interview=found, name=person.name, email=person.email, digest=digest_of(secret), expires_at=expires_at
        )
        links.append(link_of(invitation, secret))
    return Invited(links, sorted(bad))


def renew(*, invitation: Invitation, expires_at: datetime) -> Link:
    """A new link for the same person; the old one lets nobody in any more, and one that was taken back is given again.

    Whoever is in goes on until somebody comes by the new link.
    """
    secret = make_secret()
    Invitation.objects.filter(pk=invitation.pk).update(
        digest=digest_of(secret), expires_at=expires_at, claimed_at=None, revoked_at=None, mailed_at=None
    )
    invitation.refresh_from_db()
    return link_of(invitation, secret)


@transaction.atomic
def revoke(*, invitation: Invitation) -> None:
    """Take the invitation back: the link lets nobody in, and whoever is in is out at once."""
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=timezone.now())
    sitting = Sitting.objects.select_related("candidate").filter(invitation=invitation).first()
    if sitting:
        leave_other_places(sitting.candidate)


def send_by_mail(links: Sequence[Link]) -> list[Link]:
    """Send each link to its person. Those that could not be sent are returned: their links have to go another way."""
    unsent = []
    connection = get_connection()
    for link in links:
        try:
            connection.send_messages([_message(link)])
        except (SMTPException, OSError, ValueError) as error:
            log.warning("invitation not mailed", invitation=str(link.invitation.pk), reason=str(error))
            unsent.append(link)
        else:
            Invitation.objects.filter(pk=link.invitation.pk).update(mailed_at=timezone.now())
    connection.close()
    return unsent


def _message(link: Link) -> EmailMessage:
    words = {"invitation": link.invitation, "interview": link.invitation.interview, "url": link.url}
    subject = f"Invitation: {link.invitation.interview.title}"
    return EmailMessage(subject, render_to_string("interviews/mail.txt", words), to=[link.invitation.email])


@transaction.atomic
def accept(*, invitation: Invitation, name: str) -> Sitting:
    """Let in whoever came by the link, and nobody after them.

    The first time a sitting is made, under this name. Later, by a new link, it is the same sitting, and wherever it
    was open before it is closed. Raises LinkOfNoUse.
    """
    usable = Invitation.objects.usable().filter(pk=invitation.pk, digest=invitation.digest)
    if not usable.update(claimed_at=timezone.now()):
        raise LinkOfNoUse
    sitting = Sitting.objects.select_related("candidate").filter(invitation=invitation).first()
    if sitting is None:
        return Sitting.objects.create(invitation=invitation, candidate=make_guest(name=name))
    leave_other_places(sitting.candidate)
    return sitting
