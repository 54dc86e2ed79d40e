"""The app's name."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "gradetape.reviews"
