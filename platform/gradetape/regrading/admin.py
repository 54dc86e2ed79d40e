"""Regrades in Django's admin, without packages and what was graded with them."""

from django.contrib import admin

from gradetape.administration.reading import ReadOnlyAdmin
from gradetape.regrading.models import Regrade


@admin.register(Regrade)
class RegradeAdmin(ReadOnlyAdmin):
    """What was graded again with another version, or tried out to see what it would change."""

    list_display = ["challenge", "kind", "scope", "state", "version", "started_by", "created_at", "finished_at"]
    fields = [*list_display, "digest", "engine", "against", "moved_at", "left_out", "worker", "lease", "lost", "fault"]
    list_filter = ["kind", "scope", "state"]
    list_select_related = ["challenge", "version__challenge", "started_by"]
    search_fields = ["challenge__slug", "digest", "started_by__email"]
    date_hierarchy = "created_at"
