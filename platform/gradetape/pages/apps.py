"""The app behind the pages that belong to no part of the domain."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "gradetape.pages"
