"""Fills the database of a measurement: people, challenges, and what the people sent in a year.

Everything comes from one seed, so a database can be made again. Cases and events go in as plain rows: a million of
them through the models would take minutes.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction

from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge, ChallengeTopic, ChallengeVersion, words_of
from gradetape.submissions.models import CaseResult, Draft, DraftVersion, Submission, SubmissionEvent

SOURCE = b"import tensorflow as tf\n\n\nclass CustomDenseLayer(tf.keras.layers.Layer):\n    ...\n" * 20
AT_ONCE = 5_000
YEAR_MINUTES = 365 * 24 * 60
# One of so many submissions is of the first person, who has done more than anybody else.
BUSIEST = 20
VERSIONS_OF_A_DRAFT = 60
RUNS = 0.3
SOLVES = 0.2


@dataclass(frozen=True)
class Size:
    """How much there is to be."""

    people: int
    challenges: int
    submissions: int


def fill(size: Size) -> list[User]:
    """Fill an empty, migrated database. Returns the people, the busiest one first."""
    draw = random.Random(20260504)  # noqa: S311 - nothing here is to be guessed
    call_command("challenges", "import", verbosity=0)
    more_challenges(size.challenges)
    people = User.objects.bulk_create(User(email=f"p{i}@example.org") for i in range(size.people))
    versions = list(ChallengeVersion.objects.filter(pk__in=Challenge.objects.values("live")))
    with transaction.atomic():
        submissions = list(sent(draw, people, versions, size.submissions))
        Submission.objects.bulk_create(submissions, batch_size=500)
        insert(CaseResult, (row for one in submissions for row in cases_of(draw, one)))
        insert(SubmissionEvent, (row for one in submissions for row in events_of(one)))
        drafts(people[0], versions)
    import_module("gradetape.standings.migrations.0002_fill").fill(apps, None)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return people


def more_challenges(number: int) -> None:
    """Copies of the real ones under other names, until there are so many."""
    real = list(Challenge.objects.select_related("live"))
    for i in range(number - len(real)):
        model = real[i % len(real)]
        title = f"{model.title}, variation {i // len(real) + 1}"
        facts = {
            name: getattr(model, name) for name in ("summary", "kind", "difficulty", "topics", "runtime", "minutes")
        }
        words = words_of(title, model.summary, model.topics)
        made = Challenge.objects.create(slug=f"variation-{i}", title=title, words=words, **facts)
        version = model.live
        assert version
        version.pk, version.challenge, version.digest = None, made, f"{i:064}"
        ChallengeVersion.objects.bulk_create([version])
        Challenge.objects.filter(pk=made.pk).update(live=version)
        ChallengeTopic.objects.bulk_create(
            ChallengeTopic(challenge=made, key=key, name=name)
            for key, name in {name.casefold(): name for name in model.topics}.items()
        )
        model.refresh_from_db()


def sent(
    draw: random.Random, people: list[User], versions: list[ChallengeVersion], number: int
) -> Iterator[Submission]:
    """Submissions over the last year, in sittings of a few; the newest ones are of today."""
    now = datetime.now(UTC)
    for i in range(number):
        person = people[0] if i % BUSIEST == 0 else draw.choice(people)
        version = draw.choice(versions[: 40 if draw.random() < 0.8 else None])
        is_run, solves = draw.random() < RUNS, draw.random() < SOLVES
        at = now - timedelta(minutes=YEAR_MINUTES * (number - i) / number + draw.random() * 30)
        score = 100.0 if solves or is_run else float(draw.randrange(100))
        yield Submission(
            candidate=person, version=version, kind="run" if is_run else "submit", source=SOURCE, seed=1, created_at=at,
            state="finished", attempt=1, worker="w1@bench", started_at=at, finished_at=at + timedelta(seconds=9),
            verdict="accepted" if score == 100 else "partial", score=score, output={"stdout": "x" * 500, "stderr": ""},
            timings={"jail_ms": 6.0},
        )  # fmt: skip


def cases_of(draw: random.Random, submission: Submission) -> Iterator[dict[str, Any]]:
    """The results of a submission's cases."""
    for position, case in enumerate(submission.version.cases):
        if case["sample"] or submission.kind == "submit":
            passed = submission.score == 100 or draw.random() < (submission.score or 0) / 100
            yield {
                "submission": submission.pk, "position": position, "case": case["id"], "part": case["part"],
                "title": case["title"], "points": case["points"], "earned": case["points"] if passed else 0,
                "outcome": "passed" if passed else "failed", "sample": case["sample"], "hint": "Look at it again.",
                "message": "" if passed else "It was expected to be something else.", "forbidden": False,
            }  # fmt: skip


def events_of(submission: Submission) -> Iterator[dict[str, Any]]:
    """A submission's story: that it waited, each case, the end."""
    cases = [case for case in submission.version.cases if case["sample"] or submission.kind == "submit"]
    told = {"outcome": "passed", "points": 10, "earned": 10, "sample": False, "message": None, "hint": None}
    story: list[tuple[int, int, str, dict[str, Any]]] = [(0, 1, "queued", {"position": 1})]
    story += [
        (1, number, "case", {"case": case["id"], "part": case["part"], "title": case["title"], **told})
        for number, case in enumerate(cases, 1)
    ]
    finished = {"verdict": submission.verdict, "score": submission.score, "passed": 1, "total": len(cases)}
    story.append((1, len(cases) + 1, "finished", finished))
    for attempt, number, kind, data in story:
        yield {
            "submission": submission.pk, "attempt": attempt, "number": number, "type": kind, "data": json.dumps(data),
        }  # fmt: skip


def insert(model: type[models.Model], rows: Iterator[dict[str, Any]]) -> None:
    """Put rows in, a few thousand at a time. Columns that are left out are null or empty."""
    meta = model._meta  # noqa: SLF001 - Django's public name
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    statement = f"INSERT INTO {meta.db_table} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608
    with connection.cursor() as cursor:
        while some := list(islice(rows, AT_ONCE)):
            cursor.executemany(statement, [[value_of(field, row) for field in fields] for row in some])


def value_of(field: Any, row: dict[str, Any]) -> Any:
    """A row's value as the database takes it."""
    value = row.get(field.name)
    if isinstance(value, uuid.UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return value


def drafts(person: User, versions: list[ChallengeVersion]) -> None:
    """A draft for each of the first challenges, with all the versions that are kept of one."""
    now = datetime.now(UTC)
    for number, version in enumerate(versions[:40]):
        at = now - timedelta(days=number)
        draft = Draft.objects.create(candidate=person, challenge=version.challenge, content=SOURCE, saved_at=at)
        DraftVersion.objects.bulk_create(
            DraftVersion(
                draft=draft, content=SOURCE, revision=i, saved_at=at - timedelta(minutes=VERSIONS_OF_A_DRAFT - i)
            )
            for i in range(VERSIONS_OF_A_DRAFT)
        )
