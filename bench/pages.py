"""How long the server takes for each page when there is a lot in the database.

    python -m bench.pages [--submissions 100000] [--challenges 2000] [--people 500] [--rounds 60] [--keep FOLDER]

Makes a SQLite database of its own, fills it (bench/filling.py), and asks for every page as the busiest person and as
others, through the whole of Django: middleware, view, queries, template. No network and no other request is in the way.
Prints the median and the 95th percentile, the CPU time of the 95th, queries and size. `--keep` leaves the database
in a folder, and takes it from there the next time.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

AIM_MS = 100
WARM_UPS = 5
OTHERS = 20


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def surroundings(folder: Path) -> Iterator[None]:
    """A Redis of our own and the settings of an embedded installation in the folder."""
    port, password = free_port(), secrets.token_hex(8)
    os.environ |= {
        "GRADETAPE_EMBEDDED": "1", "GRADETAPE_VAR": str(folder), "SECRET_KEY": secrets.token_hex(32),
        "REDIS_URL": f"redis://:{password}@127.0.0.1:{port}/0", "DJANGO_SETTINGS_MODULE": "gradetape.settings",
        "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    program = shutil.which("redis-server")
    assert program, "redis-server is not installed"
    options = [
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--requirepass",
        password,
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    redis = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        redis.terminate()
        redis.wait()


def percentile(values: list[float], share: float) -> float:
    """The value that so large a share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


# What stands in braces is filled in for whoever asks.
PAGES = {
    "catalogue": "/challenges/",
    "catalogue, searched": "/challenges/?q=loss+serial",
    "catalogue, by topic": "/challenges/?topic=serialisation&sort=recent",
    "catalogue, by state": "/challenges/?state=tried&sort=best",
    "catalogue, last page": "/challenges/?page=80",
    "dashboard": "/dashboard/",
    "dashboard, rows": "/dashboard/recent/",
    "workbench": "/challenges/{slug}/",
    "draft's versions": "/challenges/{slug}/draft/versions/",
    "attempts": "/challenges/{slug}/attempts/",
    "attempts, difference": "/challenges/{slug}/attempts/difference/?from={submission}&to={earlier}",
    "notes": "/challenges/{slug}/notes/",
    "solution": "/challenges/{slug}/solution/",
    "submission": "/submissions/{submission}/",
    "submission, state": "/submissions/{submission}/state/",
    "account": "/accounts/profile/",
    "API, challenges": "/api/challenges",
    "API, submissions": "/api/submissions",
}


def measure(people: list[Any], rounds: int) -> list[dict[str, Any]]:
    """Ask for each page, half of the time as the busiest person, and half as others."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from gradetape.submissions.models import Submission

    clients = []
    for person in people[:OTHERS]:
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(person)
        # Copies of challenges have no archive, and so no solution to show.
        sent = Submission.objects.filter(candidate=person, kind="submit", version__archive__isnull=False)
        mine = sent.select_related("version__challenge")
        newest = mine[0]
        earlier = mine.filter(version=newest.version).last()
        assert earlier
        words = {"slug": newest.challenge.slug, "submission": newest.pk, "earlier": earlier.pk}
        clients.append((client, words))
    found = []
    for name, pattern in PAGES.items():
        walls, cpus = [], []
        for turn in range(WARM_UPS + rounds):
            client, words = clients[0] if turn % 2 else clients[turn % len(clients)]
            began, cpu_began = time.perf_counter(), time.process_time()
            answer = client.get(pattern.format(**words))
            walls.append(1000 * (time.perf_counter() - began))
            cpus.append(1000 * (time.process_time() - cpu_began))
            assert answer.status_code == 200, f"{pattern}: {answer.status_code}"
        client, words = clients[0]
        with CaptureQueriesContext(connection) as captured:
            size = len(client.get(pattern.format(**words)).content)
        walls, cpus = walls[WARM_UPS:], cpus[WARM_UPS:]
        found.append(
            {
                "page": name,
                "p50_ms": statistics.median(walls),
                "p95_ms": percentile(walls, 0.95),
                "cpu_p95_ms": percentile(cpus, 0.95),
                "queries": len(captured),
                "kb": size / 1024,
            }
        )
    return found


def main() -> int:
    """Fill, measure, print. 1 when a page takes longer than the aim."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--challenges", type=int, default=2_000)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="gradetape-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with surroundings(folder.resolve()):
            rows = prepared_and_measured(options)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        print(json.dumps(rows))
    else:
        for row in rows:
            print(
                "{page:24} {p50_ms:7.1f} {p95_ms:7.1f} {cpu_p95_ms:7.1f} ms {queries:4} queries {kb:7.1f} kB".format(
                    **row
                )
            )
    return int(any(row["p95_ms"] > AIM_MS for row in rows))


def prepared_and_measured(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Django is set up only now: its settings are read from what `surroundings` set."""
    import django

    django.setup()
    from django.core.management import call_command

    from bench.filling import Size, fill
    from gradetape.accounts.models import User

    call_command("migrate", interactive=False, verbosity=0)
    began = time.perf_counter()
    if User.objects.exists():
        people = list(User.objects.order_by("pk"))
    else:
        people = fill(Size(people=options.people, challenges=options.challenges, submissions=options.submissions))
    print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return measure(people, options.rounds)


if __name__ == "__main__":
    sys.exit(main())
