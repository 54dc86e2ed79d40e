from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The same site for programs."""

    name = "gradetape.api"
