"""Delivering: a claim, a try, and what follows from it."""

import random
import time
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from gradetape.webhooks.exceptions import NotSent
from gradetape.webhooks.models import MOST_FAILURES, Delivery, DeliveryState, Event, Try, Webhook
from gradetape.webhooks.payload import body_of, is_being_graded
from gradetape.webhooks.sending import post
from gradetape.webhooks.signing import HEADER, header, secrets_of

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
MOST_TRIES = 9
FIRST_WAIT = 15.0
LONGEST_WAIT = 6 * 3600.0
GROWTH = 4
# Waits differ by so much of themselves, so that what failed together does not come back together.
JITTER = 0.25
# "Finished" carries the score, so it waits for the last submission; no longer than this.
GRADING_PATIENCE = timedelta(minutes=15)
GRADING_LOOK = timedelta(seconds=10)


def deliver(delivery_id: UUID) -> None:
    """Try to deliver once, if it is due and nobody else is at it."""
    found = Delivery.objects.select_related("webhook").filter(pk=delivery_id, state=DeliveryState.WAITING).first()
    if found is None or _is_put_off(found) or not _claimed(found):
        return
    delivery = Delivery.objects.select_related(
        "webhook__interview", "sitting__invitation__interview", "sitting__candidate"
    ).get(pk=delivery_id)
    body = delivery.body or body_of(delivery)
    Delivery.objects.filter(pk=delivery.pk).update(body=body)
    began = time.monotonic()
    status, fault = _sent(delivery, body.encode())
    milliseconds = round(1000 * (time.monotonic() - began))
    _settle(delivery, Try(delivery=delivery, milliseconds=milliseconds, status=status, fault=fault))


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: longer each time, and never quite the same."""
    seconds = min(FIRST_WAIT * GROWTH ** (tries - 1), LONGEST_WAIT)
    return timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311  # no secret


def _is_put_off(delivery: Delivery) -> bool:
    """Whether it is not sent now: its webhook was switched off meanwhile, or the score is not known yet."""
    if not delivery.webhook.is_on:
        Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.FAILED)
        return True
    now = timezone.now()
    may_wait = delivery.event == Event.FINISHED and not delivery.body and now < delivery.created_at + GRADING_PATIENCE
    if may_wait and delivery.sitting and is_being_graded(delivery.sitting):
        Delivery.objects.filter(pk=delivery.pk).update(due_at=now + GRADING_LOOK)
        return True
    return False


def _claimed(delivery: Delivery) -> bool:
    """Take it, when it is due and free. A courier that dies in the middle keeps it for as long as its lease."""
    now = timezone.now()
    free = Q(lease=None) | Q(lease__lt=now)
    mine = Delivery.objects.filter(free, pk=delivery.pk, state=DeliveryState.WAITING, due_at__lte=now)
    return bool(mine.update(lease=now + LEASE, tries=F("tries") + 1))


def _sent(delivery: Delivery, body: bytes) -> tuple[int | None, str]:
    """The status of the answer and what was wrong with it; no status where none came."""
    now = timezone.now()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GradeTape-Webhooks/1",
        "GradeTape-Event": delivery.event,
        "GradeTape-Delivery": str(delivery.pk),
        "Idempotency-Key": str(delivery.pk),
        HEADER: header(secrets_of(delivery.webhook, now), int(now.timestamp()), body),
    }
    try:
        status = post(delivery.webhook.url, body, headers)
    except NotSent as error:
        return None, str(error)
    return status, _fault(status)


def _fault(status: int) -> str:
    """What is wrong with an answer; empty when nothing is."""
    if status // 100 == 2:  # 2xx: taken
        return ""
    return "a redirect, which is not followed" if status // 100 == 3 else "refused"


@transaction.atomic
def _settle(delivery: Delivery, tried: Try) -> None:
    """Write the try down, and when the next one is. The row may be gone, with its sitting: then nothing is left."""
    found = Delivery.objects.select_for_update().filter(pk=delivery.pk, state=DeliveryState.WAITING).first()
    if found is None:
        return
    tried.save()
    now = timezone.now()
    found.lease = None
    if not tried.fault:
        found.state = DeliveryState.DELIVERED
        Webhook.objects.filter(pk=found.webhook_id).update(failures=0)
    elif found.tries >= MOST_TRIES:
        found.state = DeliveryState.FAILED
        _count_failure(found.webhook_id, now)
    else:
        found.due_at = now + wait_after(found.tries)
    found.save(update_fields=["lease", "state", "due_at"])
    log.info("webhook tried", delivery=str(found.pk), status=tried.status, fault=tried.fault, state=found.state)


def _count_failure(webhook_id: UUID, now: datetime) -> None:
    """One more delivery was given up; after many in a row the webhook is switched off."""
    Webhook.objects.filter(pk=webhook_id).update(failures=F("failures") + 1)
    given_up = Webhook.objects.filter(pk=webhook_id, failures__gte=MOST_FAILURES, disabled_at=None)
    if given_up.update(disabled_at=now):
        log.warning("webhook switched off", webhook=str(webhook_id))
