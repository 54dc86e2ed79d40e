"""The log in Django's admin: to read and to search."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gradetape.audit.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("at", "actor", "action", "scope", "about")
    list_filter = ("action",)
    list_select_related = ("actor",)
    search_fields = ("scope", "about", "actor__email")
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
