from django.apps import AppConfig


class FleetConfig(AppConfig):
    """The workers that are there."""

    name = "gradetape.fleet"
