"""Reviews in Django's admin: that there are some. What they say is for the team, and blind until it is done."""

from django.contrib import admin

from gradetape.administration.reading import ReadOnlyAdmin
from gradetape.reviews.models import Override, Review


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    """Who reviews whom, and whether they are done."""

    list_display = fields = ["sitting", "reviewer", "created_at", "done_at", "reopened_at"]
    list_select_related = ["sitting__invitation__interview", "reviewer"]
    search_fields = ["sitting__id", "sitting__invitation__interview__title", "reviewer__email"]
    date_hierarchy = "created_at"


@admin.register(Override)
class OverrideAdmin(ReadOnlyAdmin):
    """Points that reviewers gave in the judge's place."""

    list_display = ["submission", "case", "was", "points", "by", "at", "revoked_at"]
    fields = [*list_display, "revoked_by"]
    list_select_related = ["submission", "by"]
    search_fields = ["submission__id", "case", "by__email"]
    date_hierarchy = "at"
