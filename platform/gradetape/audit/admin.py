"""The log in Django's admin: to read and to search."""

from django.contrib import admin

from gradetape.administration.reading import ReadOnlyAdmin
from gradetape.audit.models import AuditEntry
from gradetape.audit.words import lines_of, wording_of


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """What people did and looked at: interviews, projects, challenges, teams and roles."""

    list_display = ["at", "actor", "told", "scope"]
    fields = [*list_display, "action", "about", "details"]
    readonly_fields = ["told"]
    list_filter = ["action"]
    list_select_related = ["actor"]
    search_fields = ["action", "scope", "about", "actor__email"]
    date_hierarchy = "at"

    @admin.display(description="What")
    def told(self, entry: AuditEntry) -> str:
        """In words, with those details that everybody may read."""
        details = ", ".join(f"{line.label.lower()}: {line.text}" for line in lines_of(entry.action, entry.details))
        text = wording_of(entry.action).text.format(about=entry.about)
        return f"{text} ({details})" if details else text
