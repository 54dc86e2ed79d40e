from django.apps import AppConfig


class StandingsConfig(AppConfig):
    """How far everybody is, kept while they work so that no page has to add it up."""

    name = "gradetape.standings"
