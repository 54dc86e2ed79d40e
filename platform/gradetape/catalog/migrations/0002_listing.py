"""What searches and filters look through: the words of a challenge, and a row for each of its topics."""

import django.db.models.deletion
from django.db import migrations, models


def fill(apps, schema_editor):
    Challenge = apps.get_model("catalog", "Challenge")
    ChallengeTopic = apps.get_model("catalog", "ChallengeTopic")
    for challenge in Challenge.objects.only("title", "summary", "topics").iterator():
        words = " ".join([challenge.title, challenge.summary, *challenge.topics]).casefold()
        Challenge.objects.filter(pk=challenge.pk).update(words=words)
        topics = {name[:100].casefold()[:100]: name[:100] for name in challenge.topics}
        ChallengeTopic.objects.bulk_create(
            ChallengeTopic(challenge=challenge, key=key, name=name) for key, name in topics.items()
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="challenge",
            name="words",
            field=models.TextField(default="", editable=False),
        ),
        migrations.CreateModel(
            name="ChallengeTopic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=100)),
                (
                    "challenge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="topic_rows", to="catalog.challenge"
                    ),
                ),
            ],
            options={
                "ordering": ["challenge", "key"],
                "indexes": [models.Index(fields=["key", "challenge"], name="challenge_topic_key")],
                "constraints": [models.UniqueConstraint(fields=("challenge", "key"), name="challenge_topic_once")],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
