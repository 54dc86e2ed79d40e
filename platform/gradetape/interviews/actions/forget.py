"""Forgetting what candidates did: whole, or all but the numbers; on request, or when it was kept long enough."""

import uuid
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from gradetape.accounts.leaving import delete_account
from gradetape.accounts.models import User
from gradetape.accounts.sessions import end_sessions
from gradetape.audit import log
from gradetape.interviews.exceptions import NotArchived, StillSitting
from gradetape.interviews.forgetting import forget_person
from gradetape.interviews.guests import DOMAIN, leave_other_places
from gradetape.interviews.keeping import invitations_due, sittings_due
from gradetape.interviews.links import digest_of, make_secret
from gradetape.interviews.mailbox import forget_mails
from gradetape.interviews.models import AfterKeeping, Interview, Invitation, Sitting
from gradetape.submissions.models import Submission

# Of each interview at one turn, so that the beat's other chores are not kept waiting.
AT_ONCE = 20


@transaction.atomic
def delete_candidate(*, invitation: Invitation, by: User | None) -> None:
    """Delete one person: the invitation, the sitting, and all that hangs on it. The log says so without a name.

    `by` None: kept long enough.
    """
    sitting = Sitting.objects.select_related("candidate").filter(invitation=invitation).first()
    _forget_details(invitation, sitting)
    if sitting:
        delete_account(user=sitting.candidate)
    Invitation.objects.filter(pk=invitation.pk).delete()
    _record(by, "candidate.deleted", invitation, f"invitation:{invitation.pk}")
    transaction.on_commit(partial(forget_mails, invitation.email))


@transaction.atomic
def anonymise(*, sitting: Sitting, by: User | None) -> bool:
    """Take the person out of a sitting that is over; numbers stay. False when that was done before."""
    now = timezone.now()
    if not Sitting.objects.filter(pk=sitting.pk, finished_at__isnull=False, anonymised_at=None).update(
        anonymised_at=now
    ):
        return False
    invitation = sitting.invitation
    transaction.on_commit(partial(forget_mails, invitation.email))
    _forget_details(invitation, sitting)
    forget_person(sitting)
    # A new digest of what nobody knows: the link that was sent opens nothing.
    Invitation.objects.filter(pk=invitation.pk).update(
        name="", email=f"{uuid.uuid4().hex}@{DOMAIN}", digest=digest_of(make_secret()), extra_minutes=0
    )
    User.objects.filter(pk=sitting.candidate_id).update(display_name=f"Anonymous {sitting.pk.hex[:4]}")
    leave_other_places(sitting.candidate)
    end_sessions(user=sitting.candidate)
    _record(by, "sitting.anonymised", invitation, f"sitting:{sitting.pk}")
    return True


@transaction.atomic
def delete_interview(*, interview: Interview, by: User) -> None:
    """Delete an archived interview with everybody who was invited. Raises NotArchived, StillSitting.

    Its log stays, for administrators: whoever deletes can't delete that they looked.
    """
    found = Interview.objects.select_for_update().get(pk=interview.pk)
    if not found.is_archived:
        raise NotArchived
    if Sitting.objects.running().filter(invitation__interview=found).exists():
        raise StillSitting
    for invitation in found.invitations.select_related("interview"):
        delete_candidate(invitation=invitation, by=by)
    found.delete()
    log.record(actor=by, action="interview.deleted", scope=interview.scope)


def forget_what_is_due() -> int:
    """Delete or anonymise what was kept long enough. What is done again and again; says how many there were."""
    now, done = timezone.now(), 0
    for interview in Interview.objects.filter(keep_days__isnull=False):
        done += _forget_due(interview, now)
    return done


def _forget_due(interview: Interview, now: datetime) -> int:
    sittings = list(sittings_due(interview, now).select_related("invitation__interview", "candidate")[:AT_ONCE])
    never_started = list(invitations_due(interview, now).select_related("interview")[:AT_ONCE])
    for invitation in never_started:
        delete_candidate(invitation=invitation, by=None)
    for sitting in sittings:
        if interview.keep_then == AfterKeeping.DELETE:
            delete_candidate(invitation=sitting.invitation, by=None)
        else:
            anonymise(sitting=sitting, by=None)
    return len(sittings) + len(never_started)


def _forget_details(invitation: Invitation, sitting: Sitting | None) -> None:
    """What the log says of somebody besides that it happened: reasons that people gave."""
    about = [f"invitation:{invitation.pk}"]
    if sitting:
        sent = Submission.objects.filter(candidate=sitting.candidate_id).values_list("pk", flat=True)
        about += [f"sitting:{sitting.pk}", *(f"submission:{pk}" for pk in sent)]
    log.forget_details(scope=invitation.interview.scope, about=about)


def _record(by: User | None, action: str, invitation: Invitation, about: str) -> None:
    by_itself = {} if by else {"by_itself": True}
    log.record(actor=by, action=action, scope=invitation.interview.scope, about=about, **by_itself)
