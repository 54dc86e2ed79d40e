"""Withdrawing and rolling back, and who published."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """What is live out of the studio was decided there."""
    apps.get_model("catalog", "Challenge").objects.filter(live__origin="studio").update(decided_in_studio=True)


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_origin_and_note"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="challenge",
            name="decided_in_studio",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="challenge",
            name="withdrawn",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.challengeversion"
            ),
        ),
        migrations.AddField(
            model_name="challengeversion",
            name="published_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
