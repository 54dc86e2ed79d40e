"""The app's name."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "gradetape.webhooks"
