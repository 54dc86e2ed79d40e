"""Standings in Django's admin."""

from django.contrib import admin

from gradetape.administration.people import PeopleAdmin
from gradetape.standings.models import Standing


@admin.register(Standing)
class StandingAdmin(PeopleAdmin):
    """How far somebody is with a challenge."""

    list_display = ["user", "challenge", "state", "best", "attempts", "active_at"]
    fields = [*list_display, "runs", "seconds", "started_at", "solved_at"]
    list_filter = ["state"]
    list_select_related = ["user", "challenge"]
    search_fields = ["user__email", "challenge__slug"]
    date_hierarchy = "active_at"
