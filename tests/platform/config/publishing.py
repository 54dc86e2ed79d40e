"""What tests of publishing share: an author who proposes, two who publish, a project, and proofs as if just made."""

import pytest
from django.test import Client
from django.utils import timezone
from support import signed_in

from grader.libraries import engine_digest
from grader.package import Package
from gradetape.accounts.models import Role, User
from gradetape.authoring import files
from gradetape.authoring.actions import projects
from gradetape.authoring.models import Mode, Project, Proof, ProofKind, Release
from gradetape.authoring.publishing import releasing
from gradetape.authoring.publishing.releasing import Wish
from gradetape.authoring.starting import template
from gradetape.catalog.models import Challenge
from gradetape.regrading import shadow
from gradetape.regrading.models import Regrade


def an_author(name: str, **more: object) -> User:
    return User.objects.create_user(
        f"{name.lower()}@example.org", "d-long-password", display_name=name, role=Role.AUTHOR, **more
    )


@pytest.fixture
def avi(db: None) -> User:
    """Writes, and proposes."""
    return an_author("Avi")


@pytest.fixture
def tess(db: None) -> User:
    """Publishes, also what others propose."""
    return an_author("Tess", trusted_to_publish=True)


@pytest.fixture
def as_avi(avi: User) -> Client:
    return signed_in(avi)


@pytest.fixture
def as_tess(tess: User) -> Client:
    return signed_in(tess)


@pytest.fixture
def project(avi: User) -> Project:
    """Avi's, whole and without errors."""
    return projects.make(slug="scaling", contents=template.files("Scaling"), by=avi)


def proved(project: Project, *, sound: bool | None = True, state: str = "finished", **more: object) -> Proof:
    """A full proof of the files as they are."""
    package = files.package_of(project)
    facts = {"kind": ProofKind.FULL, "digest": package.digest, "engine": engine_digest(), "archive": package.archive()}
    return Proof.objects.create(
        project=project, state=state, sound=sound, finished_at=timezone.now(), **{**facts, **more}
    )


def edited(project: Project, text: str = "", path: str = "statement.md") -> None:
    """Change a file, whoever's turn it is; without a text more is said in it."""
    now = project.files.filter(path=path).first()
    content = text.encode() if text else bytes(now.content) + b"\nMore is said.\n"
    files.put(project=project, path=path, content=content, by=project.authors.get(), revision=now.revision)


def wish(project: Project, note: str = "Said better.", mode: Mode = Mode.NEW_ONLY) -> Wish:
    return Wish(files.package_of(project).digest, note, mode)


def seen(package: Package, by: User) -> Regrade:
    """What would change, as if every submission had been graded again."""
    regrade = shadow.start(Challenge.objects.get(slug=package.slug), package, by)
    Regrade.objects.filter(pk=regrade.pk).update(state="finished")
    regrade.refresh_from_db()
    return regrade


def published(project: Project, by: User, **more: object) -> Release:
    """The files as they are, live, with all that it takes."""
    proved(project)
    package = files.package_of(project)
    if Challenge.objects.filter(slug=project.slug).exists():
        seen(package, by)
    return releasing.publish(project=project, wish=wish(project, **more), by=by)
