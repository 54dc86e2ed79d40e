from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    """The studio: projects, their files, their proofs."""

    name = "gradetape.authoring"
