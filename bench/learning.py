"""How long the studio takes to say what a challenge teaches, when all submissions are to one version.

    python -m bench.learning [--submissions 100000] [--people 20000] [--rounds 20] [--keep FOLDER]

Makes a SQLite database of its own as bench/pages.py does, with one challenge that everybody works at: the worst case
for these pages. Prints median and 95th percentile, CPU time and queries of each, asked for by an author.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.pages import percentile, surroundings

PAGES = {
    "what it teaches": "/studio/challenges/{slug}/learn/",
    "published challenges": "/studio/challenges/",
    "reports": "/studio/challenges/{slug}/reports/",
}
REPORTS = 200


def filled(people: int, submissions: int) -> str:
    """Fill an empty, migrated database; the short name of the challenge."""
    import random
    from importlib import import_module

    from django.apps import apps
    from django.core.management import call_command
    from django.db import connection, transaction

    from bench.filling import cases_of, insert, sent
    from gradetape.accounts.models import User
    from gradetape.catalog.models import ChallengeVersion
    from gradetape.insights.models import CaseReport
    from gradetape.submissions.models import CaseResult, Submission

    draw = random.Random(20260504)  # noqa: S311 - nothing here is to be guessed
    call_command("challenges", "import", verbosity=0)
    version = ChallengeVersion.objects.select_related("challenge").order_by("challenge__slug")[0]
    users = User.objects.bulk_create(User(email=f"p{i}@example.org") for i in range(people))
    with transaction.atomic():
        made = list(sent(draw, users, [version], submissions))
        for one in made:
            one.kind = "submit"
        Submission.objects.bulk_create(made, batch_size=500)
        insert(CaseResult, (row for one in made for row in cases_of(draw, one)))
        facts: dict[str, Any] = {"version": version, "case": version.cases[0]["id"], "words": "It is right, I think."}
        judged = {"title": "A case", "outcome": "failed"}
        CaseReport.objects.bulk_create(CaseReport(submission=one, judged=judged, **facts) for one in made[-REPORTS:])
    import_module("gradetape.standings.migrations.0002_fill").fill(apps, None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return str(version.challenge.slug)


def measured(options: argparse.Namespace) -> None:
    """Django is set up only now: its settings are read from what `surroundings` set."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from gradetape.accounts.models import Role, User
    from gradetape.insights.models import CaseReport

    call_command("migrate", interactive=False, verbosity=0)
    known = CaseReport.objects.select_related("version__challenge").first()
    slug = known.version.challenge.slug if known else filled(options.people, options.submissions)
    author, _ = User.objects.get_or_create(email="author@example.org", defaults={"role": Role.AUTHOR})
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(author)
    for name, pattern in PAGES.items():
        address, walls, cpus = pattern.format(slug=slug), [], []
        for _ in range(options.rounds + 1):
            began, cpu_began = time.perf_counter(), time.process_time()
            assert client.get(address).status_code == 200, address
            walls.append(1000 * (time.perf_counter() - began))
            cpus.append(1000 * (time.process_time() - cpu_began))
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        walls, cpus = walls[1:], cpus[1:]
        times = f"{percentile(walls, 0.5):7.0f} {percentile(walls, 0.95):7.0f} {percentile(cpus, 0.5):7.0f} ms CPU"
        print(f"{name:24} {times} {len(captured):4} queries")
        if options.slowest:
            for query in sorted(captured, key=lambda one: -float(one["time"]))[: options.slowest]:
                print(f"    {query['time']} s  {query['sql'][:300]}")


def main() -> int:
    """Fill and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--slowest", type=int, default=0, help="print so many of each page's slowest queries")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="gradetape-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with surroundings(folder.resolve()):
            measured(options)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
