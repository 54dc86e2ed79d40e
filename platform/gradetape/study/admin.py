"""Who gave up, in Django's admin. Notes are not there: they are read by whoever writes them."""

from django.contrib import admin

from gradetape.administration.people import PeopleAdmin
from gradetape.study.models import GivenUp


@admin.register(GivenUp)
class GivenUpAdmin(PeopleAdmin):
    """Who had the solution shown to them before they had solved it."""

    person = "candidate"
    list_display = fields = ["candidate", "challenge", "at"]
    list_select_related = ["candidate", "challenge"]
    search_fields = ["candidate__email", "challenge__slug"]
    date_hierarchy = "at"
