"""The studio in Django's admin: neither files nor archives, and no words of checks."""

from django.contrib import admin

from gradetape.administration.reading import ReadOnlyAdmin
from gradetape.authoring.models import Project, Proof, Release


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    """Challenges that are being written, and by whom."""

    list_display = ["slug", "based_on", "created_at", "archived_at"]
    fields = ["slug", "authors", "teams", "based_on", "created_at", "archived_at"]
    list_select_related = ["based_on__challenge"]
    search_fields = ["slug", "authors__email", "teams__name"]
    date_hierarchy = "created_at"


@admin.register(Proof)
class ProofAdmin(ReadOnlyAdmin):
    """Whether challenges hold what they promise: who had it tried, and what came of it."""

    list_display = ["project", "kind", "state", "sound", "started_by", "created_at", "finished_at"]
    fields = [*list_display, "digest", "engine", "libraries", "worker", "lease", "lost", "fault"]
    list_filter = ["state", "kind", "sound"]
    list_select_related = ["project", "started_by"]
    search_fields = ["project__slug", "digest", "started_by__email"]
    date_hierarchy = "created_at"


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """What was proposed and published, and who decided."""

    list_display = ["project", "state", "mode", "proposed_by", "decided_by", "version", "created_at", "decided_at"]
    fields = [*list_display, "digest", "engine", "proof", "over", "note", "reply"]
    list_filter = ["state", "mode"]
    list_select_related = ["project", "proposed_by", "decided_by", "version__challenge"]
    search_fields = ["project__slug", "digest", "note", "proposed_by__email"]
    date_hierarchy = "created_at"
