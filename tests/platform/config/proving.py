"""What tests of proofs share: an author, a project whose files are orders to the fake engine, and turns by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone
from support import MANIFEST

from gradetape.accounts.models import Role, User
from gradetape.authoring.actions.projects import make
from gradetape.authoring.files import write
from gradetape.authoring.models import Project, Proof, ProofKind
from gradetape.authoring.proofs import starting, work
from gradetape.authoring.proofs.turns import PROOFS
from gradetape.submissions import engines

CAUGHT = "# caught by: three\n# why: wrong for three\nfail three\n"
MISSED = "# caught by: three\n# why: nobody looks at seven\npass\n"
FILES = {
    "challenge.toml": MANIFEST, "statement.md": "# Doubling\n", "starter.py": "fail two\n", "probes.py": "# probes\n",
    "reference.py": "pass\n", "review.md": "Ask.\n",
    "submissions/accepted/right.py": "# style: plain\npass\n",
    "submissions/rejected/caught.py": CAUGHT,
}  # fmt: skip


@pytest.fixture
def alma(db: None) -> User:
    return User.objects.create_user("alma@example.org", "d-long-password", display_name="Alma", role=Role.AUTHOR)


@pytest.fixture
def project(alma) -> Project:
    return make(slug="doubles", contents={path: text.encode() for path, text in FILES.items()}, by=alma)


@pytest.fixture
def started(project, alma):
    """Starts a proof of the project with some files changed: `started(reference_py="fail two")`."""

    def begin(kind: ProofKind = ProofKind.QUICK, again: bool = False, **files: str) -> Proof:
        for name, text in files.items():
            path = {
                "rejected": "submissions/rejected/other.py", "accepted": "submissions/accepted/right.py",
                "reference": "reference.py",
            }[name]  # fmt: skip
            at = project.files.filter(path=path).values_list("revision", flat=True).first()
            write(project=project, path=path, content=text.encode(), by=alma, revision=at or 0)
        return starting.start(project=project, kind=kind, by=alma, again=again)

    return begin


@pytest.fixture(autouse=True)
def engine(settings):
    settings.ENGINE_RUN_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    yield
    if engines.Holder.engine:
        engines.Holder.engine.close()
        engines.Holder.engine = None


def step(proof: Proof) -> bool:
    """One turn, as a worker's task takes it. False when there is none to take."""
    turn = PROOFS.claim(job_id=proof.pk, worker="w1@here")
    if turn is None:
        return False
    PROOFS.take(turn, work.step)
    return True


def to_the_end(proof: Proof) -> Proof:
    for _ in range(60):
        if not step(proof):
            break
    proof.refresh_from_db()
    return proof


def expire(proof: Proof) -> None:
    Proof.objects.filter(pk=proof.pk).update(lease=timezone.now() - timedelta(seconds=1))
