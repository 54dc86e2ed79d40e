from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    """Submissions, their cases, their stories, and the task that grades them."""

    name = "gradetape.submissions"
