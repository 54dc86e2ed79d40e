"""A challenge on its way to its second version, written into an installation's database.

python -m tests.browser.releases EMAIL SLUG     # the author's project, version 1, what was sent, a full proof
python -m tests.browser.releases finish SLUG    # the look at what would change has come to its end
"""

from __future__ import annotations

import sys
from datetime import timedelta

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402 - models need the set-up above

from grader.libraries import engine_digest  # noqa: E402
from gradetape.accounts.models import Role, User  # noqa: E402
from gradetape.authoring import files  # noqa: E402
from gradetape.authoring.actions import projects  # noqa: E402
from gradetape.authoring.models import Mode, Project, Proof, ProofKind  # noqa: E402
from gradetape.authoring.publishing import releasing  # noqa: E402
from gradetape.authoring.publishing.releasing import Wish  # noqa: E402
from gradetape.authoring.starting import template  # noqa: E402
from gradetape.catalog.models import ChallengeVersion  # noqa: E402
from gradetape.regrading import shadow  # noqa: E402
from gradetape.regrading.models import Regrade  # noqa: E402
from gradetape.submissions.models import Kind, State, Submission  # noqa: E402

FACTS = [
    ("accepted", 100.0, "partial", 75.0),
    ("partial", 40.0, "accepted", 100.0),
    ("accepted", 100.0, "accepted", 100.0),
]


def proved(project: Project) -> None:
    """A sound proof of the files as they are, as if just made."""
    package = files.package_of(project)
    Proof.objects.create(
        project=project, kind=ProofKind.FULL, digest=package.digest, engine=engine_digest(), archive=package.archive(),
        state="finished", sound=True, finished_at=timezone.now(),
    )  # fmt: skip


def begun(email: str, slug: str) -> None:
    """Version 1 is live and has submissions; the files have changed since, and a worker looks at what that does."""
    User.objects.filter(email=email).update(role=Role.AUTHOR, trusted_to_publish=True)
    author = User.objects.get(email=email)
    project = projects.make(slug=slug, contents=template.files(f"Scaling, {slug}"), by=author)
    proved(project)
    wish = Wish(files.package_of(project).digest, "The first one.", Mode.NEW_ONLY)
    version = releasing.publish(project=project, wish=wish, by=author).version
    assert version
    submitted(version)
    file = project.files.get(path="statement.md")
    text = bytes(file.content) + b"\nRows without a scale stay as they are.\n"
    files.put(project=project, path=file.path, content=text, by=author, revision=file.revision)
    proved(project)
    with transaction.atomic():
        # Before anybody is rung for: it stays in the hands of a worker that is busy until the test says what it found.
        look = shadow.start(version.challenge, files.package_of(project), author)
        Regrade.objects.filter(pk=look.pk).update(state="running", turn=1, lease=timezone.now() + timedelta(hours=1))


def submitted(version: ChallengeVersion) -> None:
    """Three people have sent something."""
    for place, (verdict, score, _, _) in enumerate(FACTS):
        person = User.objects.create(email=f"sender{place}.{version.pk}@example.org", display_name=f"Sender {place}")
        Submission.objects.create(
            candidate=person, version=version, kind=Kind.SUBMIT, source=b"def scale_rows(x, scales):\n    return x\n",
            seed=1, state=State.FINISHED, verdict=verdict, score=score, finished_at=timezone.now(),
            created_at=timezone.now() - timedelta(hours=place),
        )  # fmt: skip


def looked(slug: str) -> None:
    """What the look found: two change, one does not."""
    regrade = Regrade.objects.get(challenge__slug=slug, kind="shadow")
    cases = [case.id for case in regrade.package.cases]
    for row, (was, was_score, now, score) in zip(regrade.rows.all(), FACTS, strict=True):
        gained = score > was_score
        row.was_verdict, row.was_score, row.verdict, row.score, row.turn = was, was_score, now, score, 1
        row.was_cases = dict.fromkeys(cases, "failed" if gained else "passed")
        row.cases = dict.fromkeys(cases, "passed") | ({} if score == 100 else {cases[-1]: "error"})
        row.is_changed = was != now
        row.save()
    Regrade.objects.filter(pk=regrade.pk).update(state="finished", lease=None, finished_at=timezone.now())


if __name__ == "__main__":
    first, slug = sys.argv[1:]
    if first == "finish":
        looked(slug)
    else:
        begun(first, slug)
