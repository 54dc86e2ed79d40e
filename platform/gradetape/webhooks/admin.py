"""Webhooks in Django's admin: whether they arrive. Neither secrets, nor whole addresses, nor what was said."""

from django.contrib import admin

from gradetape.administration.reading import ReadOnlyAdmin, ReadOnlyInline
from gradetape.webhooks.models import Delivery, Try, Webhook


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Who is told of interviews, and how often in a row that failed."""

    list_display = fields = ["origin", "interview", "events", "failures", "disabled_at", "rotated_at", "created_at"]
    readonly_fields = ["origin"]
    list_select_related = ["interview"]
    search_fields = ["interview__title"]
    date_hierarchy = "created_at"


class TryInline(ReadOnlyInline):
    model = Try
    fields = ["at", "status", "milliseconds", "fault"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What was sent where, and how each try ended."""

    list_display = ["id", "webhook", "event", "state", "tries", "created_at", "due_at"]
    fields = [*list_display, "sitting"]
    list_filter = ["state", "event"]
    list_select_related = ["webhook"]
    search_fields = ["id", "webhook__interview__title"]
    date_hierarchy = "created_at"
    inlines = [TryInline]
