"""The outbox: what is to be told is written down with what happened, and a courier is called afterwards.

Whoever is waiting for a page waits for a row, never for somebody else's server. A call that is lost is repeated by
the sweep.
"""

from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from gradetape.interviews.models import Interview, Sitting
from gradetape.webhooks.courier import DELIVER, app
from gradetape.webhooks.models import Delivery, DeliveryState, Event, Webhook

log = structlog.get_logger(__name__)

AT_ONCE = 200
# A delivery that is due and was called for so long ago is called for again.
UNHEARD = timedelta(seconds=30)
# The log of deliveries tells of so long a time.
KEPT = timedelta(days=30)


@transaction.atomic
def announce(*, sitting: Sitting, event: Event) -> None:
    """Write a message for each webhook of the interview that wants this event, and call a courier after commit.

    One that is switched off gets its message in the log, where it can be sent later.
    """
    for webhook in Webhook.objects.filter(interview_id=sitting.invitation.interview_id):
        if event in webhook.events:
            state = DeliveryState.WAITING if webhook.is_on else DeliveryState.FAILED
            put(Delivery(webhook=webhook, sitting=sitting, event=event, state=state))


def put(delivery: Delivery) -> Delivery:
    """Write a delivery down. It goes out after commit, unless it is given up already."""
    delivery.save()
    if delivery.state == DeliveryState.WAITING:
        transaction.on_commit(partial(ring, delivery.pk))
    return delivery


def ring(delivery_id: UUID) -> None:
    """Call a courier."""
    try:
        app.send_task(DELIVER, args=[str(delivery_id)])
    except (OperationalError, RedisError, OSError) as error:
        log.warning("no courier called", delivery=str(delivery_id), reason=str(error))


def sweep() -> int:
    """Call for what is due and nobody came for; says how much that was. Two sweeps at once call one time."""
    now = timezone.now()
    free = Q(lease=None) | Q(lease__lt=now)
    due = Delivery.objects.filter(free, state=DeliveryState.WAITING, due_at__lte=now)
    called = 0
    for pk, rung_at, due_at in due.order_by("due_at").values_list("pk", "rung_at", "due_at")[:AT_ONCE]:
        # Called before it was due, or long ago.
        is_unheard = rung_at < due_at or rung_at < now - UNHEARD
        if is_unheard and due.filter(pk=pk, rung_at=rung_at).update(rung_at=now):
            ring(pk)
            called += 1
    return called


def forget_names(interview: Interview) -> None:
    """What is still to be sent says names no more: its text is written anew at the next try."""
    waiting = Delivery.objects.filter(webhook__interview=interview, state=DeliveryState.WAITING)
    waiting.update(body="")


def clear_log() -> int:
    """Forget deliveries that are long over; says how many."""
    over = Delivery.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(state=DeliveryState.WAITING)
    return over.delete()[0]
