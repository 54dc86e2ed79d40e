from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Challenges and their published versions."""

    name = "gradetape.catalog"
