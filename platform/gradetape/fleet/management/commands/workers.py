import socket
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from redis.exceptions import RedisError

from gradetape.fleet.presence import live_workers


class Command(BaseCommand):
    """Exits with 1 when there is none: a container's health check asks it."""

    help = "List the workers that are there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--here", action="store_true", help="only those of this machine")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            workers = live_workers()
        except RedisError as error:
            self.stderr.write(f"Redis does not answer: {error}")
            sys.exit(1)
        if options["here"]:
            workers = [worker for worker in workers if worker.machine == socket.gethostname()]
        for worker in workers:
            self.stdout.write(f"{worker.hostname}: {worker.slots} slots, {', '.join(worker.runtimes)}")
        if not workers:
            self.stderr.write("No worker is there.")
            sys.exit(1)
