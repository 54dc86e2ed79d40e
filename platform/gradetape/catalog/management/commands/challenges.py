from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from grader.exceptions import PackageError
from grader.package import Package, library
from gradetape.catalog.actions import publish
from gradetape.catalog.models import Challenge


class Command(BaseCommand):
    """`challenges import` publishes packages, `challenges status` compares the catalogue with the folder."""

    help = "Publish challenge packages, or show what is published."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        importing = commands.add_parser("import", help="publish packages; what is live already stays as it is")
        importing.add_argument(
            "paths", nargs="*", type=Path, metavar="PATH", help="folders (default: all of challenges/)"
        )
        commands.add_parser("status", help="one line for each challenge")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["command"] == "import":
            self.publish_all(options["paths"] or list(library(settings.ROOT).values()))
        else:
            self.show_status()

    def publish_all(self, folders: list[Path]) -> None:
        """Publish each folder. A bad package stops nobody else's, and fails the command at the end."""
        failed = 0
        for folder in folders:
            try:
                done = publish(package=Package.from_folder(folder.resolve()))
            except PackageError as error:
                failed += 1
                self.stderr.write(self.style.ERROR(str(error)))
                continue
            what = "published" if done.created else "live again" if done.changed else "unchanged"
            self.stdout.write(f"{done.version.challenge.slug}: {what}, version {done.version.number}")
        if failed:
            raise CommandError(f"{failed} of {len(folders)} packages could not be published.")

    def show_status(self) -> None:
        """What is live, and whether the folder has something newer."""
        folders = library(settings.ROOT)
        for challenge in Challenge.objects.select_related("live").order_by("slug"):
            live = f"version {challenge.live.number} {challenge.live.digest[:12]}" if challenge.live else "not live"
            self.stdout.write(
                f"{challenge.slug}: {live}, {self.compared(challenge, folders.pop(challenge.slug, None))}"
            )
        for slug in folders:
            self.stdout.write(f"{slug}: not published")

    def compared(self, challenge: Challenge, folder: Path | None) -> str:
        """How the live version and the folder's package stand to each other."""
        if folder is None:
            return "no folder here"
        try:
            digest = Package.from_folder(folder).digest
        except PackageError as error:
            return f"the folder's package is not well formed: {error}"
        return "as in the folder" if challenge.live and challenge.live.digest == digest else "the folder differs"
