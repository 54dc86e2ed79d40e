"""Hidden cases keep no times and no numbers, not even those that were written before."""

from typing import Any

from django.db import migrations, models


def forget(apps: Any, schema_editor: Any) -> None:
    results = apps.get_model("submissions", "CaseResult")
    results.objects.filter(sample=False).update(seconds=None, difference=None)


class Migration(migrations.Migration):
    dependencies = [("submissions", "0001_initial")]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="caseresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sample", True), models.Q(("difference__isnull", True), ("seconds__isnull", True)), _connector="OR"
                ),
                name="case_result_hidden_without_numbers",
            ),
        ),
    ]
