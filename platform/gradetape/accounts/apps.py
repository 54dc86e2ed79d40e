from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, their roles, and how they sign in."""

    name = "gradetape.accounts"
