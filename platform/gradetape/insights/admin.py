"""Reports of candidates in Django's admin. What they say and what was judged is read and answered in the studio."""

from django.contrib import admin

from gradetape.administration.reading import ReadOnlyAdmin
from gradetape.insights.models import CaseReport


@admin.register(CaseReport)
class CaseReportAdmin(ReadOnlyAdmin):
    """Cases that candidates hold for wrong, and what the authors make of it."""

    list_display = ["version", "case", "state", "outcome", "created_at", "answered_by", "answered_at"]
    fields = [*list_display, "submission", "seen_at"]
    list_filter = ["state", "outcome"]
    list_select_related = ["version__challenge", "answered_by"]
    search_fields = ["version__challenge__slug", "case", "submission__id"]
    date_hierarchy = "created_at"
