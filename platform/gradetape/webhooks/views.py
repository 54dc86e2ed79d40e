"""The page of an interview's webhooks, for its team. A secret is shown in the answer that makes it, once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gradetape.accounts.http import SignedInRequest
from gradetape.audit import log
from gradetape.interviews.access import interview_of
from gradetape.interviews.models import Interview
from gradetape.interviews.naming import names_of
from gradetape.webhooks import actions
from gradetape.webhooks.exceptions import AlreadyThere
from gradetape.webhooks.forms import WebhookForm
from gradetape.webhooks.models import Delivery, Webhook
from gradetape.webhooks.signing import secret_of

A_PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def webhooks(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What is told to whom, and what arrived; takes another address."""
    found = interview_of(request, pk)
    form = WebhookForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, found, form=form, status=400 if form.errors else 200)
    try:
        with transaction.atomic():
            made = actions.add(interview=found, **form.cleaned_data)
            _record(request, "webhook.added", made, events=made.events)
    except AlreadyThere as error:
        form.add_error("url", str(error))
        return _page(request, found, form=form, status=400)
    return _page(request, found, shown=made)


@require_POST
@never_cache
def rotate(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """A new secret."""
    found = webhook_of(request, pk)
    with transaction.atomic():
        actions.rotate(webhook=found)
        _record(request, "webhook.rotated", found)
    return _page(request, found.interview, shown=found)


@require_POST
def switch(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Switch it off, or with on=1 on again."""
    found, on = webhook_of(request, pk), request.POST.get("on") == "1"
    with transaction.atomic():
        actions.switch(webhook=found, on=on)
        _record(request, "webhook.switched_on" if on else "webhook.switched_off", found)
    return redirect("interview_webhooks", pk=found.interview_id)


@require_POST
def remove(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take it away."""
    found = webhook_of(request, pk)
    with transaction.atomic():
        actions.remove(webhook=found)
        _record(request, "webhook.removed", found)
    return redirect("interview_webhooks", pk=found.interview_id)


@require_POST
def try_out(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Send it a message that tells of nobody."""
    found = webhook_of(request, pk)
    if not found.is_on:
        messages.error(request, "This webhook is off. Switch it on first.")
        return redirect("interview_webhooks", pk=found.interview_id)
    with transaction.atomic():
        actions.try_out(webhook=found)
        _record(request, "webhook.tried", found)
    return redirect("interview_webhooks", pk=found.interview_id)


@require_POST
def again(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Send a message once more."""
    mine = Delivery.objects.filter(webhook__in=Webhook.objects.visible_to(request.user))
    found = get_object_or_404(mine.select_related("webhook__interview"), pk=pk)
    if not found.webhook.is_on:
        messages.error(request, "This webhook is off. Switch it on first.")
        return redirect("interview_webhooks", pk=found.webhook.interview_id)
    with transaction.atomic():
        if actions.send_again(delivery=found):
            _record(request, "webhook.sent_again", found.webhook, event=found.event)
    return redirect("interview_webhooks", pk=found.webhook.interview_id)


def webhook_of(request: SignedInRequest, pk: UUID) -> Webhook:
    """The webhook, if one may see its interview. Raises Http404."""
    return get_object_or_404(Webhook.objects.visible_to(request.user).select_related("interview"), pk=pk)


def _record(request: SignedInRequest, action: str, webhook: Webhook, **details: Any) -> None:
    log.record(
        actor=request.user, action=action, scope=webhook.interview.scope, about=f"webhook:{webhook.pk}",
        to=webhook.origin, **details,
    )  # fmt: skip


def _page(
    request: SignedInRequest,
    interview: Interview,
    *,
    form: WebhookForm | None = None,
    shown: Webhook | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; with the secret of one webhook when it was just made."""
    listed = Delivery.objects.filter(webhook__interview=interview).select_related("webhook", "sitting")
    page = Paginator(listed.prefetch_related("log"), A_PAGE).get_page(request.GET.get("page"))
    names = names_of(interview, interview.invitations.select_related("sitting__candidate"))
    context = {
        "interview": interview, "form": form or WebhookForm(), "webhooks": interview.webhooks.all(), "page": page,
        "deliveries": [(one, names[one.sitting.invitation_id] if one.sitting else "") for one in page.object_list],
        "shown": shown, "secret": secret_of(shown) if shown else "",
    }  # fmt: skip
    return render(request, "interviews/webhooks.html", context, status=status)
