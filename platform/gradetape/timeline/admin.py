"""Recordings in Django's admin: how large they are. What is in them is replayed on the interview's pages."""

from django.contrib import admin

from gradetape.administration.reading import ReadOnlyAdmin
from gradetape.timeline.models import Recording


@admin.register(Recording)
class RecordingAdmin(ReadOnlyAdmin):
    """How much was recorded of a sitting, and since when nothing more is, where it became too much."""

    list_display = fields = ["sitting", "size", "cut_at"]
    list_select_related = ["sitting__invitation__interview"]
    search_fields = ["sitting__id", "sitting__invitation__interview__title"]
    ordering = ["-size"]
