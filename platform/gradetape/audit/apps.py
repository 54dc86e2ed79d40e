"""The app's name."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gradetape.audit"
