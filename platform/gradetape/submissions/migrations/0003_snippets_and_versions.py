"""Snippets that are tried out, versions of a draft to go back to, and how the editor is liked."""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Length


def measure(apps: Any, schema_editor: Any) -> None:
    apps.get_model("submissions", "DraftVersion").objects.update(size=Length("content"))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("catalog", "0003_names_of_the_contract"),
        ("submissions", "0002_hidden_cases_say_no_numbers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EditorSettings",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="editor_settings",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("chosen", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Snippet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.BinaryField()),
                ("revision", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "candidate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="catalog.challenge"
                    ),
                ),
            ],
            options={
                "ordering": ["-saved_at"],
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="submission",
            name="submission_kind_known",
        ),
        migrations.AddField(
            model_name="draftversion",
            name="kept",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="draftversion",
            name="size",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="submission",
            name="snippet",
            field=models.BinaryField(null=True),
        ),
        migrations.AlterField(
            model_name="draft",
            name="candidate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="draft",
            name="challenge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="%(class)ss", to="catalog.challenge"
            ),
        ),
        migrations.AlterField(
            model_name="submission",
            name="kind",
            field=models.CharField(
                choices=[("run", "Run"), ("submit", "Submission"), ("scratch", "Snippet")], max_length=8
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["run", "submit", "scratch"])), name="submission_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "scratch"), ("snippet__isnull", False)),
                    models.Q(models.Q(("kind", "scratch"), _negated=True), ("snippet__isnull", True)),
                    _connector="OR",
                ),
                name="submission_snippet_when_scratch",
            ),
        ),
        migrations.AddConstraint(
            model_name="snippet",
            constraint=models.UniqueConstraint(fields=("candidate", "challenge"), name="snippet_once"),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("kind", "scratch")), fields=["candidate", "-created_at"], name="submission_scratch"
            ),
        ),
        migrations.RunPython(measure, migrations.RunPython.noop),
    ]
