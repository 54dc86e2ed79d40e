"""A Redis of our own, people, a small challenge, and the processes of an installation."""

import shutil
from collections.abc import Callable, Iterator

import pytest
import redis
from django.conf import settings
from django.test import Client
from interviewing import an_interview
from support import MANIFEST, Process, RedisProcess, signed_in, start_worker

from grader.package import Package
from gradetape import broker
from gradetape.accounts.models import Role, User
from gradetape.catalog.actions import publish
from gradetape.catalog.models import ChallengeVersion
from gradetape.interviews.models import Interview
from gradetape.submissions import actions, attempts
from gradetape.submissions.models import Kind, Submission


@pytest.fixture(scope="session")
def redis_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisProcess]:
    """A Redis with a password, at the address of the settings."""
    process = RedisProcess(tmp_path_factory.mktemp("redis"))
    process.start()
    yield process
    process.stop()


@pytest.fixture(autouse=True)
def broker_client(redis_process: RedisProcess) -> "redis.Redis":
    """The platform's own connection to an empty Redis."""
    client = broker.client()
    client.flushall()
    return client


@pytest.fixture
def ana(db: None) -> User:
    return User.objects.create_user("ana@example.org", "a-long-password", display_name="Ana")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob@example.org", "b-long-password", display_name="Bob")


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada@example.org", "c-long-password", display_name="Ada", role=Role.ADMIN)


@pytest.fixture
def ines(db: None) -> User:
    return User.objects.create_user("ines@example.org", "d-long-password", display_name="Ines", role=Role.INTERVIEWER)


@pytest.fixture
def iris(db: None) -> User:
    return User.objects.create_user("iris@example.org", "e-long-password", display_name="Iris", role=Role.INTERVIEWER)


@pytest.fixture
def as_ana(ana: User) -> Client:
    return signed_in(ana)


@pytest.fixture
def as_bob(bob: User) -> Client:
    return signed_in(bob)


@pytest.fixture
def as_ines(ines: User) -> Client:
    return signed_in(ines)


@pytest.fixture
def tiny() -> Callable[..., Package]:
    """Makes small packages: `tiny(slug="doubling", statement=...)`."""

    def make(
        slug: str = "doubling", manifest: str = MANIFEST, statement: str = "# Doubling\n\nDouble it.\n"
    ) -> Package:
        files = {
            "challenge.toml": manifest, "statement.md": statement, "starter.py": "def double(x):\n    ...\n",
            "probes.py": "# planted-probe\n", "checks.py": "# planted-check\n", "reference.py": "# planted-reference\n",
            "review.md": "planted-review\n", "data/secret/wanted.txt": "planted-data\n",
        }  # fmt: skip
        return Package(slug, {name: content.encode() for name, content in files.items()})

    return make


@pytest.fixture
def version(db: None, tiny: Callable[..., Package]) -> ChallengeVersion:
    return publish(package=tiny()).version


@pytest.fixture
def interview(ines: User, version: ChallengeVersion) -> Interview:
    """Ines's, open, with the one challenge."""
    return an_interview(ines, [version.challenge])


@pytest.fixture
def send(version: ChallengeVersion) -> Callable[..., Submission]:
    """Submits without a worker: `send(ana, "fail three", kind=Kind.RUN)`."""

    def submit(candidate: User, source: str = "pass", kind: Kind = Kind.SUBMIT) -> Submission:
        return actions.submit(candidate=candidate, version=version, source=source.encode(), kind=kind)

    return submit


@pytest.fixture
def take() -> Callable[[Submission], attempts.Claim]:
    """Claims for a worker of that name, which has to succeed."""

    def claim(submission: Submission, worker: str = "w1@here") -> attempts.Claim:
        claimed = attempts.claim(submission_id=submission.pk, worker=worker)
        assert claimed
        return claimed

    return claim


@pytest.fixture
def beat() -> Iterator[Process]:
    """What sweeps, and rings for whoever was forgotten."""
    process = Process("django", "beat")
    yield process
    process.kill_all()


@pytest.fixture
def worker(db: None, beat: Process) -> Iterator[Process]:
    """A Celery worker with a pool, and an engine that does as it is told."""
    shutil.rmtree(settings.ENGINE_RUN_DIR, ignore_errors=True)
    process = start_worker()
    yield process
    process.kill_all()
