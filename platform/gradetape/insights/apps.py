"""The app's name."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "gradetape.insights"
