"""Tokens in Django's admin, without what they are recognised by."""

from django.contrib import admin

from gradetape.administration.people import PeopleAdmin
from gradetape.api.models import ApiToken


@admin.register(ApiToken)
class ApiTokenAdmin(PeopleAdmin):
    """What programs sign in with. A token ends with its owner, with its time, or when its account is not active."""

    list_display = fields = ["user", "name", "scope", "created_at", "expires_at", "last_used_at"]
    list_filter = ["scope"]
    list_select_related = ["user"]
    search_fields = ["user__email", "name"]
    date_hierarchy = "created_at"
