"""Interviews in Django's admin. What their teams may not know, names that are hidden, is not told here either."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from gradetape.administration.reading import ReadOnlyAdmin, ReadOnlyInline
from gradetape.interviews.models import Interview, Invitation, Sitting, Task
from gradetape.interviews.naming import shown_to_everybody


class TaskInline(ReadOnlyInline):
    model = Task
    fields = ["position", "challenge", "version", "weight"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        return super().get_queryset(request).select_related("challenge", "version__challenge")


@admin.register(Interview)
class InterviewAdmin(ReadOnlyAdmin):
    """What is asked, by whom, for how long. Its own page is where it is changed."""

    list_display = ["title", "state", "minutes", "invited", "running", "finished", "hides_names", "created_at"]
    fields = [
        "id", "title", "state", "is_template", "minutes", "starts_at", "ends_at", "visibility", "hides_names",
        "keep_days", "keep_then", "team", "teams", "created_at",
    ]  # fmt: skip
    list_filter = ["state", "is_template", "hides_names"]
    search_fields = ["id", "title", "team__email", "teams__name"]
    date_hierarchy = "created_at"
    inlines = [TaskInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interview]:
        return Interview.objects.with_counts()

    @admin.display(description="Invited")
    def invited(self, interview: Interview) -> int:
        return interview.invited  # type: ignore[attr-defined]  # by with_counts, as below

    @admin.display(description="Sitting")
    def running(self, interview: Interview) -> int:
        return interview.running  # type: ignore[attr-defined]

    @admin.display(description="Finished")
    def finished(self, interview: Interview) -> int:
        return interview.finished  # type: ignore[attr-defined]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was invited to what, until when their link is good, and whether it was taken back.

    When it was accepted is not shown: with the time of a sitting it would tell whose number is whose.
    """

    list_display = fields = ["interview", "name", "email", "created_at", "expires_at", "mailed_at", "revoked_at"]
    list_display_links = ["email"]
    list_filter = ["mailed_at", "revoked_at"]
    list_select_related = ["interview"]
    search_fields = ["email", "name", "interview__title"]
    date_hierarchy = "created_at"


@admin.register(Sitting)
class SittingAdmin(ReadOnlyAdmin):
    """How far candidates are: when they began, until when they have, how it ended."""

    list_display = ["id", "of_interview", "candidate_name", "started_at", "deadline", "finished_at", "ending"]
    fields = [
        "id", "of_interview", "candidate_name", "started_at", "minutes", "credit", "deadline", "finished_at", "ending",
        "anonymised_at",
    ]  # fmt: skip
    readonly_fields = ["of_interview", "candidate_name"]
    list_filter = ["ending"]
    list_select_related = ["invitation__interview", "candidate"]
    # Not by name, and not in the order of the invitations, which is the models': both would tell who is who.
    search_fields = ["id", "invitation__interview__title"]
    ordering = ["-started_at", "pk"]
    date_hierarchy = "started_at"
    view_on_site = False

    @admin.display(description="Interview")
    def of_interview(self, sitting: Sitting) -> str:
        return str(sitting.interview)

    @admin.display(description="Candidate")
    def candidate_name(self, sitting: Sitting) -> str:
        return shown_to_everybody(sitting)
