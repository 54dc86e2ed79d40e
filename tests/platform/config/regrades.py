"""What tests of regrades share: packages that differ, submissions graded by hand, and turns by hand."""

from collections.abc import Callable, Iterator

import pytest
from support import MANIFEST, wait_until

from grader.package import Package
from gradetape.accounts.models import User
from gradetape.catalog.models import ChallengeVersion
from gradetape.regrading import work
from gradetape.regrading.models import Regrade
from gradetape.regrading.turns import REGRADES
from gradetape.submissions import actions, attempts, engines, grading
from gradetape.submissions.models import Kind, Submission


@pytest.fixture(autouse=True)
def engine(settings) -> Iterator[None]:
    settings.ENGINE_RUN_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    yield
    if engines.Holder.engine:
        engines.Holder.engine.close()
        engines.Holder.engine = None


@pytest.fixture
def alma(db: None) -> User:
    return User.objects.create_user("alma@example.org", "d-long-password", display_name="Alma", role="author")


@pytest.fixture
def grade(version: ChallengeVersion) -> Callable[..., Submission]:
    """Sends and grades: `grade(ana, "fail three")`."""

    def graded(candidate: User, source: str = "pass", kind: Kind = Kind.SUBMIT, at: ChallengeVersion | None = None):
        sent = actions.submit(
            candidate=candidate, version=at or version, source=source.encode(), kind=kind, paced=False
        )  # fmt: skip
        by_hand(sent)
        sent.refresh_from_db()
        return sent

    return graded


def by_hand(sent: Submission) -> None:
    """Grade what waits, as a worker does; a real one may be quicker."""
    claim = attempts.claim(submission_id=sent.pk, worker="w1@here")
    if claim:
        grading.grade(claim)
    else:
        wait_until(lambda: not Submission.objects.get(pk=sent.pk).is_open, 120)


def forgiving(case: str = "three", slug: str = "doubling", review: str = "planted-review\n") -> Package:
    """The small challenge as it would be if that case let everything pass."""
    files = {
        "challenge.toml": MANIFEST, "statement.md": "# Doubling\n\nDouble it.\n",
        "starter.py": "def double(x):\n    ...\n",
        "probes.py": "# planted-probe\n", "checks.py": f"# forgives {case}\n", "reference.py": "# planted-reference\n",
        "review.md": review,
    }  # fmt: skip
    return Package(slug, {name: content.encode() for name, content in files.items()})


def without(case: str = "three") -> Package:
    """The small challenge where another case stands in that one's place."""
    package = forgiving("nobody")
    manifest = MANIFEST.replace(f'id = "{case}"', 'id = "other"')
    return Package(package.slug, {**package.files, "challenge.toml": manifest.encode()})


def step(regrade: Regrade) -> bool:
    """One turn, as a worker's task takes it. False when there is none to take."""
    turn = REGRADES.claim(job_id=regrade.pk, worker="w1@here")
    if turn is None:
        return False
    REGRADES.take(turn, work.step)
    return True


def to_the_end(regrade: Regrade) -> Regrade:
    for _ in range(60):
        if not step(regrade):
            break
    regrade.refresh_from_db()
    return regrade
