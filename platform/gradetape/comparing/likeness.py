"""What is alike among the submissions that count for a task.

It is worked out at once where that is little work, else by a worker, and kept under what was compared: a submission
never changes. Whatever keeps it may lose it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import structlog
from django.db.models.functions import Length
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from gradetape import broker
from gradetape.catalog.packages import package_of
from gradetape.celery import app
from gradetape.comparing.similarity import Gram, Pair, Text, grams_of, pairs_among, pairs_with, read
from gradetape.interviews.models import Task
from gradetape.submissions.models import Submission
from gradetape.submissions.text import decoded

log = structlog.get_logger(__name__)

COMPARE = "comparing.compare"
# Raised whenever the same texts would be judged differently.
METHOD = 1
KEPT_SECONDS = 7 * 24 * 3600
# Bytes in all that are compared while somebody waits: well under a second.
AT_ONCE = 256 * 1024
# So long a worker has before it is asked again.
PATIENCE_SECONDS = 300
REFERENCE = "reference"
# Wrong answers under such a name are what the question's own page gives as the answer.
DOCUMENTED = "documented"


class Likeness(msgspec.Struct, frozen=True):
    """Pairs of submissions, and of submissions with what was published, each with how much is alike (0 to 1)."""

    among: list[Pair]
    published: list[Pair]


@dataclass(frozen=True)
class Known:
    """What does not count: what everybody was given, and with `all` also what anybody could read."""

    given: frozenset[Gram]
    all: frozenset[Gram]
    published: Mapping[str, Text]

    @classmethod
    def of(cls, task: Task) -> "Known":
        """What is published from the pinned version, what was given from all: a regrade may have moved the pin. Two or
        three queries.
        """
        texts_given = task.challenge.versions.values_list("starter", "statement")
        given = grams_of(text for both in texts_given for text in both)
        sources = published_for(task)
        texts = {name: read(source, given) for name, source in sources.items()}
        return cls(given, given | grams_of(sources.values()), texts)


def published_for(task: Task) -> dict[str, str]:
    """The reference and the documented answers of a task, by the name that addresses call them by."""
    assert task.version is not None
    package = package_of(task.version.digest)
    answers = {
        name.removesuffix(".py"): decoded(source)
        for name, source in package.submissions("rejected").items()
        if name.startswith(DOCUMENTED)
    }
    return {REFERENCE: package.reference, **answers}


def likeness_of(tasks: Iterable[Task], counting: Mapping[int, Sequence[UUID]]) -> dict[int, Likeness | None]:
    """By the task's id, for the submissions that count for it; None: a worker is at it.

    A query where all is known already.
    """
    sizes = _sizes(pk for pks in counting.values() for pk in pks)
    asked = {task.pk: (task, {pk: sizes[pk] for pk in counting[task.pk] if pk in sizes}) for task in tasks}
    keys = {pk: key_of(task, sources) for pk, (task, sources) in asked.items()}
    kept = _kept(keys.values())
    found: dict[int, Likeness | None] = {}
    left = AT_ONCE
    for pk, (task, sources) in asked.items():
        if keys[pk] in kept or len(sources) < 1:
            found[pk] = kept.get(keys[pk], Likeness([], []))
        elif sum(sources.values()) <= left:
            left -= sum(sources.values())
            found[pk] = compare(task, list(sources))
        else:
            found[pk] = None
            _ask(task, keys[pk])
    return found


def compare(task: Task, submissions: Sequence[UUID]) -> Likeness:
    """Work it out and keep it."""
    rows = dict(Submission.objects.filter(pk__in=submissions).values_list("pk", "source"))
    known = Known.of(task)
    sources = {str(pk): decoded(rows[pk]) for pk in submissions if pk in rows}
    among = pairs_among({name: read(source, known.all) for name, source in sources.items()})
    published = pairs_with({name: read(source, known.given) for name, source in sources.items()}, known.published)
    found = Likeness(among, published)
    key = key_of(task, {pk: len(rows[pk]) for pk in submissions if pk in rows})
    try:
        broker.client().set(key, msgspec.json.encode(found).decode(), ex=KEPT_SECONDS)
    except RedisError as error:
        log.warning("what is alike is not kept", task=task.pk, reason=str(error))
    return found


def key_of(task: Task, sources: Mapping[UUID, int]) -> str:
    """The name of what compares these submissions, whose sizes stand behind them."""
    assert task.version is not None
    listed = ",".join(sorted(f"{pk}:{size}" for pk, size in sources.items()))
    return f"gradetape:likeness:{METHOD}:{hashlib.sha256(f'{task.version.digest} {listed}'.encode()).hexdigest()}"


def _sizes(submissions: Iterable[UUID]) -> dict[UUID, int]:
    rows: Any = Submission.objects.filter(pk__in=list(submissions)).annotate(size=Length("source"))
    return dict(rows.values_list("pk", "size"))


def _kept(keys: Iterable[str]) -> dict[str, Likeness]:
    asked = list(keys)
    try:
        found = broker.client().mget(asked) if asked else []
    except RedisError as error:
        log.warning("what is alike is worked out anew", reason=str(error))
        return {}
    return {key: msgspec.json.decode(value, type=Likeness) for key, value in zip(asked, found, strict=False) if value}


def _ask(task: Task, key: str) -> None:
    """Ask a worker, unless that was done just now."""
    try:
        if broker.client().set(f"{key}:asked", "1", nx=True, ex=PATIENCE_SECONDS):
            app.send_task(COMPARE, args=[task.pk], queue="validation")
    except (OperationalError, RedisError, OSError) as error:
        log.warning("no worker asked what is alike", task=task.pk, reason=str(error))
