"""Inviting people, and what can be done about an invitation afterwards. Links are shown in the answer, once."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from gradetape.accounts.http import SignedInRequest
from gradetape.audit import log
from gradetape.interviews.access import interview_of
from gradetape.interviews.actions import invite as inviting
from gradetape.interviews.actions.sit import give_extra_time
from gradetape.interviews.exceptions import NotOpen
from gradetape.interviews.forms import USUAL_DAYS, ExtraTimeForm, InviteForm, RenewForm
from gradetape.interviews.models import Interview, Invitation
from gradetape.interviews.trail import done
from gradetape.interviews.views.setup import interview_page


@require_POST
@never_cache
def invite(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Invite a list of people. What could not be used stays in the form, with the reason beside it."""
    found = interview_of(request, pk)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return interview_page(request, found, form=form, status=400)
    try:
        invited = _invited(request, found, form)
    except NotOpen as error:
        messages.error(request, str(error))
        return redirect(found)
    unsent = inviting.send_by_mail(invited.links) if form.cleaned_data["mail"] else []
    left = "\n".join(line.text for line in invited.bad)
    fresh = InviteForm(initial={**form.cleaned_data, "people": left})
    return interview_page(
        request, found, form=fresh, links=invited.links, bad=invited.bad, unsent=unsent,
        mailed=form.cleaned_data["mail"],
    )  # fmt: skip


@transaction.atomic
def _invited(request: SignedInRequest, interview: Interview, form: InviteForm) -> inviting.Invited:
    """Invited and written down. Raises NotOpen."""
    invited = inviting.invite(interview=interview, text=form.cleaned_data["people"], expires_at=form.expires_at())
    for link in invited.links:
        log.record(
            actor=request.user,
            action="invitation.made",
            scope=interview.scope,
            about=f"invitation:{link.invitation.pk}",
        )
    return invited


@require_POST
@never_cache
def renew(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """A new link, which revokes the old one."""
    invitation = invitation_of(request, pk)
    form = RenewForm(request.POST)
    with done(request, invitation.interview, "invitation.renewed", f"invitation:{pk}"):
        link = inviting.renew(invitation=invitation, expires_at=timezone.now() + timedelta(days=USUAL_DAYS))
    wants_mail = form.is_valid() and form.cleaned_data["mail"]
    unsent = inviting.send_by_mail([link]) if wants_mail else []
    return interview_page(request, invitation.interview, links=[link], unsent=unsent, mailed=wants_mail)


@require_POST
def revoke(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take an invitation back."""
    invitation = invitation_of(request, pk)
    with done(request, invitation.interview, "invitation.revoked", f"invitation:{pk}"):
        inviting.revoke(invitation=invitation)
    return redirect(invitation.interview)


@require_POST
def extra_time(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Give somebody more time than the others."""
    invitation = invitation_of(request, pk)
    form = ExtraTimeForm(request.POST)
    if form.is_valid():
        with done(request, invitation.interview, "invitation.extra_time", f"invitation:{pk}") as deed:
            deed.details["minutes"] = [invitation.extra_minutes, form.cleaned_data["minutes"]]
            give_extra_time(invitation=invitation, minutes=form.cleaned_data["minutes"])
    else:
        messages.error(request, "Expected minutes as a whole number, from 0 to a day. Nothing was changed.")
    return redirect(invitation.interview)


def invitation_of(request: SignedInRequest, pk: UUID) -> Invitation:
    """The invitation, if one may see its interview. Raises Http404."""
    mine = Invitation.objects.visible_to(request.user).select_related("interview")
    return get_object_or_404(mine, pk=pk)
