"""Submissions in Django's admin, to look at."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

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
    readonly_fields = ["bundle"]
    inlines = [AttemptInline]

    @admin.display(description="Bundle", empty_value="none: there is no verdict")
    def bundle(self, submission: Submission) -> str | None:
        """Where all that decided the verdict is downloaded."""
        if not submission.has_bundle:
            return None
        return format_html('<a href="{}">Download</a>', reverse("submission_bundle", args=[submission.pk]))
