from django.apps import AppConfig


class RegradingConfig(AppConfig):
    """Shadow regrades and rejudging."""

    name = "gradetape.regrading"
