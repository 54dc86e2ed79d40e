"""Submissions in Django's admin, to look at."""

from django.contrib import admin

from gradetape.catalog.admin import ReadOnlyAdmin
from gradetape.submissions.models import Attempt, Submission


class AttemptInline(ReadOnlyAdmin, admin.TabularInline):  # type: ignore[type-arg]  # an inline asks for a parent as well
    model = Attempt
    extra = 0


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin, admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    list_display = ["id", "candidate", "version", "kind", "state", "verdict", "score", "attempt", "created_at"]
    list_filter = ["state", "verdict", "kind"]
    list_select_related = ["candidate", "version__challenge"]
    exclude = ["source"]
    inlines = [AttemptInline]
