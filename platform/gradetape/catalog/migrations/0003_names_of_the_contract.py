"""What a solution has to define, beside each version: from now on pages may show it without the package."""

from typing import Any

from django.db import migrations, models

from grader.exceptions import PackageError
from grader.package import Package


def names_of(data: bytes) -> list[dict[str, str]]:
    """The contract in an archive. A package that can't be read any more has none to show."""
    try:
        contract = Package.from_archive(data).contract
    except PackageError:
        return []
    return [{"name": one.name, "kind": one.kind, "signature": one.signature} for one in contract]


def fill(apps: Any, schema_editor: Any) -> None:
    versions = apps.get_model("catalog", "ChallengeVersion").objects
    archives = apps.get_model("catalog", "VersionArchive").objects.values_list("version", "data")
    for version, data in archives.iterator(chunk_size=20):
        versions.filter(pk=version).update(contract=names_of(bytes(data)))


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_listing")]

    operations = [
        migrations.AddField(model_name="challengeversion", name="contract", field=models.JSONField(default=list)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
