import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gradetape.submissions.beat import chores, keep_doing


class Command(BaseCommand):
    """Ends when asked to, after what it is doing."""

    help = "Sweep every few seconds, and have wanted answers made ahead."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--note", type=Path, help="a file to touch as a sign of life")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        keep_doing(chores(), stop, options["note"])
