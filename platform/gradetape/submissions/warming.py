"""Making wanted answers ahead, seed by seed while nobody waits, so that no submission has to wait for them.

They are kept on the worker's machine, so each machine makes its own; a lock keeps it to one slot.
"""

import socket

import structlog
from redis.exceptions import RedisError

from grader.exceptions import GraderError
from gradetape import broker
from gradetape.catalog.models import Challenge, VersionArchive
from gradetape.catalog.packages import package_of
from gradetape.submissions import engines
from gradetape.submissions.models import Submission

log = structlog.get_logger(__name__)

# What this process knows to be kept, or not to be had: (digest, seed).
Known = set[tuple[str, int]]
_known: Known = set()
LONGEST_SECONDS = 180


def make_one_ahead() -> bool:
    """Make the wanted answers of one seed, unless somebody waits. True when there may be more to make."""
    if Submission.objects.open().exists():
        return False
    lock = f"gradetape:warming:{socket.gethostname()}"
    try:
        if not broker.client().set(lock, "1", nx=True, ex=LONGEST_SECONDS):
            return False
        try:
            return _make_next(_known)
        finally:
            broker.client().delete(lock)
    except RedisError as error:
        log.warning("no answers made ahead", reason=str(error))
        return False


def live_seeds() -> list[tuple[str, int]]:
    """Every (digest, seed) that submissions are graded with now; the first seeds of all versions come first."""
    live = Challenge.objects.filter(live__isnull=False).values("live")
    pools = VersionArchive.objects.filter(version__in=live).values_list("version__digest", "seeds")
    numbered = [(index, digest, seed) for digest, seeds in pools for index, seed in enumerate(seeds)]
    return [(digest, seed) for _, digest, seed in sorted(numbered)]


def _make_next(known: Known) -> bool:
    for digest, seed in live_seeds():
        if (digest, seed) in known:
            continue
        known.add((digest, seed))
        try:
            made = engines.current().prepare(package_of(digest), seed) > 0
        except GraderError as error:
            log.warning("wanted answers not made", version=digest[:12], reason=str(error))
            return True
        if made:
            return True
    return False
