"""Writes on webhooks that people ask for."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from gradetape.interviews.models import Interview
from gradetape.webhooks.exceptions import AlreadyThere
from gradetape.webhooks.models import Delivery, DeliveryState, Event, Webhook
from gradetape.webhooks.outbox import put, ring
from gradetape.webhooks.signing import make_salt


@transaction.atomic
def add(*, interview: Interview, url: str, events: Sequence[str]) -> Webhook:
    """A new webhook. Raises AlreadyThere."""
    try:
        with transaction.atomic():
            return Webhook.objects.create(interview=interview, url=url, events=list(events), salt=make_salt())
    except IntegrityError:
        raise AlreadyThere from None


@transaction.atomic
def rotate(*, webhook: Webhook) -> None:
    """A new secret. The one before is used beside it for a day, so that no message is lost meanwhile."""
    webhook.old_salt, webhook.salt, webhook.rotated_at = webhook.salt, make_salt(), timezone.now()
    webhook.save(update_fields=["old_salt", "salt", "rotated_at"])


def switch(*, webhook: Webhook, on: bool) -> None:
    """Tell it nothing more, or tell it again from now on."""
    change = {"disabled_at": None, "failures": 0} if on else {"disabled_at": timezone.now()}
    Webhook.objects.filter(pk=webhook.pk, disabled_at__isnull=not on).update(**change)


def remove(*, webhook: Webhook) -> None:
    """Take it away, with its log."""
    Webhook.objects.filter(pk=webhook.pk).delete()


def try_out(*, webhook: Webhook) -> Delivery:
    """Send a message that tells of nobody."""
    return put(Delivery(webhook=webhook, event=Event.PING))


@transaction.atomic
def send_again(*, delivery: Delivery) -> bool:
    """Send a message once more, under the same id, telling how things are now. False for one that is on its way."""
    over = Delivery.objects.filter(pk=delivery.pk).exclude(state=DeliveryState.WAITING)
    now = timezone.now()
    if not over.update(state=DeliveryState.WAITING, body="", tries=0, due_at=now, rung_at=now, lease=None):
        return False
    transaction.on_commit(lambda: ring(delivery.pk))
    return True
