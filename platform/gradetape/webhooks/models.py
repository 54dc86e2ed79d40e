"""Webhooks, and what is to be delivered to them."""

import uuid
from typing import ClassVar
from urllib.parse import urlsplit

from django.db import models
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.interviews.models import Interview, Sitting

# So many deliveries given up one after the other, and nothing more is sent until somebody switches it on again.
MOST_FAILURES = 5


class Event(models.TextChoices):
    """What is told."""

    STARTED = "sitting.started", "Somebody starts"
    FINISHED = "sitting.finished", "Somebody has finished"
    REVIEWED = "sitting.reviewed", "Somebody was reviewed"
    REGRADED = "sitting.regraded", "What somebody sent was regraded"
    PING = "ping", "Trying it out"


# Those that one chooses among.
CHOSEN = (Event.STARTED, Event.FINISHED, Event.REVIEWED, Event.REGRADED)


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Webhooks are seen with their interview."""

    def visible_to(self, user: User) -> "WebhookQuerySet":
        return self.filter(interview__in=Interview.objects.visible_to(user).values("pk"))


class Webhook(models.Model):
    """An address that is told of an interview's `events`.

    The secret that its messages are signed with follows from `salt` (see signing.py) and is kept nowhere. For a day
    after `rotated_at` they are signed with the one before too, which follows from `old_salt`. `failures`: how many
    deliveries in a row were given up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    salt = models.CharField(max_length=32)
    old_salt = models.CharField(max_length=32, blank=True)
    rotated_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    disabled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["interview", "url"], name="webhook_once")]

    def __str__(self) -> str:
        return self.origin

    @property
    def is_on(self) -> bool:
        return self.disabled_at is None

    @property
    def has_given_up(self) -> bool:
        """Whether it was switched off because nothing arrived."""
        return not self.is_on and self.failures >= MOST_FAILURES

    @property
    def origin(self) -> str:
        """Where it goes, without path and query: these may be secrets of the receiver's."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def event_labels(self) -> list[str]:
        return [Event(one).label for one in self.events]


class DeliveryState(models.TextChoices):
    """Where a delivery is."""

    WAITING = "waiting", "On its way"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Given up"


class Delivery(models.Model):
    """One message to one webhook, written in the transaction of what it tells.

    Its id is the key by which a receiver knows it again. `body` is empty until the first try and the same at each
    further one. `due_at` is when it is tried next, `lease` until when somebody is at it, `rung_at` when a courier was
    last called.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    sitting = models.ForeignKey(Sitting, null=True, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=20, choices=Event.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    lease = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Delivery"]] = models.Manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["due_at"], name="delivery_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["created_at"], name="delivery_by_age"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(condition=models.Q(event__in=Event.values), name="delivery_event_known"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.id}"


class Try(models.Model):
    """One time that a delivery was sent: the answer's status, or what kept it from arriving.

    What was answered is not kept: it is nobody's to read here, and might come from where the team may not look.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(default=timezone.now)
    milliseconds = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["delivery", "at"]
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return str(self.status or self.fault)
