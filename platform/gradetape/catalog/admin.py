"""The catalogue in Django's admin, to look at: publishing goes through packages."""

from django.contrib import admin
from django.http import HttpRequest

from gradetape.catalog.models import Challenge, ChallengeVersion


class ReadOnlyAdmin:
    """Nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(Challenge)
class ChallengeAdmin(ReadOnlyAdmin, admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    list_display = ["slug", "title", "kind", "difficulty", "runtime", "live"]
    list_select_related = ["live__challenge"]


@admin.register(ChallengeVersion)
class ChallengeVersionAdmin(ReadOnlyAdmin, admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    list_display = ["challenge", "number", "digest", "created_at"]
    list_select_related = ["challenge"]
