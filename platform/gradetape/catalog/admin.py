"""The catalogue in Django's admin, to look at: publishing goes through packages."""

from django.contrib import admin

from gradetape.administration.reading import ReadOnlyAdmin
from gradetape.catalog.models import Challenge, ChallengeVersion


@admin.register(Challenge)
class ChallengeAdmin(ReadOnlyAdmin):
    """What is published, and which version is live."""

    list_display = ["slug", "title", "kind", "difficulty", "runtime", "live", "withdrawn"]
    fields = ["slug", "title", "summary", "kind", "difficulty", "topics", "runtime", "minutes", "live", "withdrawn"]
    list_filter = ["kind", "difficulty", "runtime"]
    list_select_related = ["live__challenge", "withdrawn__challenge"]
    search_fields = ["slug", "title", "summary"]


@admin.register(ChallengeVersion)
class ChallengeVersionAdmin(ReadOnlyAdmin):
    """Every version that was ever published, with who did it and why."""

    list_display = ["challenge", "number", "origin", "published_by", "created_at"]
    fields = ["challenge", "number", "digest", "runtime", "limits", "origin", "note", "published_by", "created_at"]
    list_filter = ["origin", "runtime"]
    list_select_related = ["challenge", "published_by"]
    search_fields = ["challenge__slug", "challenge__title", "digest", "note"]
    date_hierarchy = "created_at"
