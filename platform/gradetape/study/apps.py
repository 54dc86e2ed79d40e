from django.apps import AppConfig


class StudyConfig(AppConfig):
    """Attempts side by side, notes, and the solution for those who have solved a challenge or given it up."""

    name = "gradetape.study"
