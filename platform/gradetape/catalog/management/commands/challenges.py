from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from grader.exceptions import PackageError
from grader.package import Package, library
from gradetape.catalog import folders
from gradetape.catalog.actions import publish
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.catalog.packages import package_of

SIGNS = {"new": "+", "gone": "-", "changed": "~"}


class Command(BaseCommand):
    """`challenges import` publishes packages, `challenges export` writes them to folders, `challenges status` compares
    the two file by file.
    """

    help = "Publish challenge packages, write them to folders, or show what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        importing = commands.add_parser("import", help="publish packages; what is live already stays as it is")
        importing.add_argument(
            "paths", nargs="*", type=Path, metavar="PATH", help="folders (default: all of challenges/)"
        )
        importing.add_argument("--force", action="store_true", help="also over what was published in the studio")
        importing.add_argument("--note", default="", help="what changed; also publishes over the studio's versions")
        exporting = commands.add_parser("export", help="write the live versions to challenges/ and reference/")
        exporting.add_argument("slugs", nargs="*", metavar="CHALLENGE", help="challenges (default: all that are live)")
        exporting.add_argument("--to", type=Path, default=settings.ROOT, help="the folder that challenges/ is in")
        exporting.add_argument("--force", action="store_true", help="also over files that differ")
        comparing = commands.add_parser("status", help="what is live, and each file that differs from the folder")
        comparing.add_argument("--to", type=Path, default=settings.ROOT, help="the folder that challenges/ is in")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["command"] == "import":
            paths = options["paths"] or list(library(settings.ROOT).values())
            self.publish_all(paths, force=options["force"], note=options["note"])
        elif options["command"] == "export":
            self.write_all(options["slugs"], options["to"], force=options["force"])
        else:
            self.show_status(options["to"])

    def publish_all(self, paths: list[Path], *, force: bool, note: str) -> None:
        """Publish each folder. A bad package stops nobody else's, and fails the command at the end.

        What somebody published, rolled back or withdrew in the studio is not undone by the way: an installation
        imports at each start.
        """
        failed = 0
        for folder in paths:
            try:
                package = Package.from_folder(folder.resolve())
                decided = Challenge.objects.filter(slug=package.slug, decided_in_studio=True).select_related("live")
                kept = None if force or note else decided.exclude(live__digest=package.digest).first()
                if kept is not None:
                    self.tell_kept(kept.live, package)
                    continue
                done = publish(package=package, note=note)
            except PackageError as error:
                failed += 1
                self.stderr.write(self.style.ERROR(str(error)))
                continue
            what = "published" if done.created else "live again" if done.changed else "unchanged"
            self.stdout.write(f"{done.version.challenge.slug}: {what}, version {done.version.number}")
        if failed:
            raise CommandError(f"{failed} of {len(paths)} packages could not be published.")

    def tell_kept(self, live: ChallengeVersion | None, package: Package) -> None:
        """Say why a folder was not published, and what publishing it would change."""
        if live is None:
            self.stdout.write(
                f"{package.slug}: kept as it is, withdrawn in the studio. Publish the folder with --force, or bring "
                "the challenge back in the studio."
            )
            return
        self.stdout.write(
            f"{package.slug}: kept, version {live.number} was made live in the studio and the folder differs. "
            "Publish the folder with --force, or with --note and what changed; or export the version."
        )
        self.tell_changes(dict(package_of(live.digest).files), package.files)

    def write_all(self, slugs: list[str], root: Path, *, force: bool) -> None:
        """Write live versions to the disk. A folder that differs is left alone, said, and fails the command."""
        root = root.resolve()
        wanted = slugs or list(Challenge.objects.filter(live__isnull=False).values_list("slug", flat=True))
        failed = 0
        for slug in wanted:
            live = self.live_of(slug)
            if live is None:
                raise CommandError(f"{slug}: expected a challenge that is live, received another name.")
            files = dict(package_of(live.digest).files)
            now = folders.on_disk(root, slug)
            if now and now != files and not force:
                failed += 1
                self.stderr.write(
                    self.style.ERROR(f"{slug}: not written, since the folder differs. --force overwrites:")
                )
                self.tell_changes(now, files)
                continue
            try:
                folders.write(root, slug, files)
            except (OSError, ValueError) as error:
                failed += 1
                self.stderr.write(self.style.ERROR(f"{slug}: {error}"))
                continue
            self.stdout.write(f"{slug}: {'as it was' if now == files else 'written'}, version {live.number}")
        if failed:
            raise CommandError(f"{failed} of {len(wanted)} challenges could not be written.")

    def show_status(self, root: Path) -> None:
        """What is live, and which files of the folder are others: + only there, - only here, ~ changed."""
        there = library(root.resolve())
        for challenge in Challenge.objects.select_related("live").order_by("slug"):
            folder = there.pop(challenge.slug, None)
            live = challenge.live
            said = f"version {live.number} {live.digest[:12]}" if live else "not live"
            if folder is None or live is None:
                self.stdout.write(f"{challenge.slug}: {said}, {'a folder here' if folder else 'no folder here'}")
                continue
            published = dict(package_of(live.digest).files)
            files = folders.on_disk(root.resolve(), challenge.slug)
            same = "as in the folder" if files == published else "the folder differs"
            self.stdout.write(f"{challenge.slug}: {said}, {same}")
            self.tell_changes(published, files)
        for slug in there:
            self.stdout.write(f"{slug}: not published")

    def tell_changes(self, before: dict[str, bytes], after: dict[str, bytes]) -> None:
        for path, kind in folders.changed(before, after):
            self.stdout.write(f"  {SIGNS[kind]} {path}")

    def live_of(self, slug: str) -> ChallengeVersion | None:
        """The version that is live, if there is one."""
        challenge = Challenge.objects.filter(slug=slug).select_related("live").first()
        return challenge.live if challenge else None
