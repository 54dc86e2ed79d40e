"""Submissions in Django's admin, to look at: neither their code, nor what hidden cases say."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from gradetape.administration.reading import ReadOnlyAdmin, ReadOnlyInline
from gradetape.interviews.naming import shown_to_everybody
from gradetape.submissions.models import Attempt, CaseResult, Submission


class AttemptInline(ReadOnlyInline):
    model = Attempt
    fields = ["number", "worker", "started_at", "ended_at", "ending", "fault"]


class CaseInline(ReadOnlyInline):
    model = CaseResult
    fields = ["position", "case", "title", "points", "earned", "outcome", "sample", "seconds"]


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    """What was sent, where it is on its way, and what came of it."""

    list_display = ["id", "sender", "version", "kind", "state", "verdict", "score", "attempt", "created_at"]
    fields = [
        "id", "sender", "version", "kind", "state", "created_at", "started_at", "finished_at", "verdict", "score",
        "attempt", "worker", "lease", "timings", "bundle",
    ]  # fmt: skip
    readonly_fields = ["sender", "bundle"]
    list_filter = ["state", "verdict", "kind"]
    list_select_related = ["candidate__sitting__invitation__interview", "version__challenge"]
    # Not by name: where names are hidden, finding somebody's rows by their name would tell whose they are.
    search_fields = ["id", "candidate__email", "version__challenge__slug", "worker"]
    date_hierarchy = "created_at"
    inlines = [AttemptInline, CaseInline]

    @admin.display(description="Candidate", ordering="candidate__email")
    def sender(self, submission: Submission) -> str:
        """Their address; of somebody who sits an interview the name, unless the interview hides it."""
        sitting = getattr(submission.candidate, "sitting", None)
        return shown_to_everybody(sitting) if sitting else submission.candidate.email

    @admin.display(description="Bundle", empty_value="none: there is no verdict")
    def bundle(self, submission: Submission) -> str | None:
        """Where all that decided the verdict is downloaded."""
        if not submission.has_bundle:
            return None
        return format_html('<a href="{}">Download</a>', reverse("submission_bundle", args=[submission.pk]))


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    """How often workers tried to grade something, and what went wrong on our side."""

    list_display = ["submission", "number", "worker", "started_at", "ended_at", "ending"]
    fields = [*list_display, "fault", "libraries"]
    list_filter = ["ending"]
    list_select_related = ["submission"]
    search_fields = ["submission__id", "worker", "fault"]
    date_hierarchy = "started_at"
    ordering = ["-started_at"]
