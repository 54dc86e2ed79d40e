from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gradetape.accounts.actions import provide_demo_accounts


class Command(BaseCommand):
    """Prints passwords once; only their hashes are kept."""

    help = "Make one demo account for each role and print their passwords, which are shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="give the demo accounts new passwords")

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = provide_demo_accounts(reset=options["reset"])
        for account in accounts:
            secret = account.password or "(as printed when it was made)"
            self.stdout.write(f"  {account.role.label:<14} {account.email:<36} {secret}")
        if any(account.password is None for account in accounts):
            self.stdout.write("Demo accounts exist and keep their passwords; `manage.py demo --reset` makes new ones.")
