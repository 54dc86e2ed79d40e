from django.apps import AppConfig


class InterviewsConfig(AppConfig):
    """Interviews: setting them up, inviting, sitting."""

    name = "gradetape.interviews"
