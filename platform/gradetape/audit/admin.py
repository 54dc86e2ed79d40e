"""The log in Django's admin: to read and to search."""

from django.contrib import admin

from gradetape.administration.reading import ReadOnlyAdmin
from gradetape.audit.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """What people did and looked at: interviews, projects, challenges, teams and roles."""

    list_display = ["at", "actor", "action", "scope", "about"]
    fields = [*list_display, "details"]
    list_filter = ["action"]
    list_select_related = ["actor"]
    search_fields = ["action", "scope", "about", "actor__email"]
    date_hierarchy = "at"
