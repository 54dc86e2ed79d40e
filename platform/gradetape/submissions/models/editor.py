"""How somebody likes the editor."""

from django.db import models

from gradetape.accounts.models import User


class EditorSettings(models.Model):
    """The settings last chosen by somebody: what a browser begins with that has none of its own."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="editor_settings")
    chosen = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"editor settings of {self.user_id}"
