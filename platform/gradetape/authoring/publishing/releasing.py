"""Publishing a project, proposing it, and deciding on what others propose."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from grader.libraries import engine_digest
from grader.package import Package
from gradetape.accounts.models import User
from gradetape.audit import log
from gradetape.authoring.files import package_of
from gradetape.authoring.models import Mode, Project, Release, ReleaseState
from gradetape.authoring.publishing import readiness
from gradetape.authoring.publishing.exceptions import (
    AlreadyDecided,
    AlreadyProposed,
    FilesChanged,
    MayNotPublish,
    NothingNew,
    NotReady,
    NotYours,
    OwnProposal,
)
from gradetape.authoring.publishing.readiness import Ready
from gradetape.authoring.publishing.versions import regrade
from gradetape.catalog import actions as catalog
from gradetape.catalog.models import Origin

NO_NOTE = "Say in a change note what is new: people who have a score with an earlier version will read it."


@dataclass(frozen=True)
class Wish:
    """What somebody asked for: `digest` is that of the package that they were shown."""

    digest: str
    note: str
    mode: Mode


def publish(*, project: Project, wish: Wish, by: User) -> Release:
    """Make the project's files the live version. Raises PackageError, MayNotPublish, FilesChanged, NothingNew,
    NotReady, LiveChanged.
    """
    if not by.may_publish:
        raise MayNotPublish
    with transaction.atomic():
        # Of two who press at once, or one who presses twice, the second finds what the first has done.
        Project.objects.select_for_update().get(pk=project.pk)
        ready = _agreed(project, wish)
        release = _written(project, ready, wish, by, ReleaseState.PUBLISHED)
        _go_live(release, ready, by)
    return release


def propose(*, project: Project, wish: Wish, by: User) -> Release:
    """Ask those who may publish to do so. Raises PackageError, FilesChanged, NothingNew, NotReady, AlreadyProposed."""
    ready = _agreed(project, wish)
    try:
        with transaction.atomic():
            release = _written(project, ready, wish, by, ReleaseState.PROPOSED)
            log.record(actor=by, action="release.proposed", scope=project.scope, about=f"release:{release.pk}")
    except IntegrityError as error:
        raise AlreadyProposed from error
    return release


@transaction.atomic
def approve(*, release: Release, mode: Mode, by: User) -> Release:
    """Publish what was proposed; `mode` is for whoever approves to say.

    Raises MayNotPublish, OwnProposal, AlreadyDecided, NothingNew, NotReady, LiveChanged.
    """
    held = _to_be_decided(release, by)
    held.mode = mode
    ready = readiness.of_release(held)
    _check(ready, held.note)
    _go_live(held, ready, by)
    return held


@transaction.atomic
def decline(*, release: Release, reply: str, by: User) -> Release:
    """Say no, and why. Raises MayNotPublish, OwnProposal, AlreadyDecided."""
    held = _to_be_decided(release, by)
    held.reply = reply
    _close(held, ReleaseState.DECLINED, by)
    log.record(actor=by, action="release.declined", scope=held.project.scope, about=f"release:{held.pk}", reason=reply)
    return held


@transaction.atomic
def take_back(*, release: Release, by: User) -> Release:
    """Propose it no longer. Raises NotYours, AlreadyDecided."""
    held = _held(release)
    if held.proposed_by_id != by.pk:
        raise NotYours
    _close(held, ReleaseState.TAKEN_BACK, by)
    log.record(actor=by, action="release.taken_back", scope=held.project.scope, about=f"release:{held.pk}")
    return held


def _agreed(project: Project, wish: Wish) -> Ready:
    """The files as they are now, if they are what was looked at and may go live."""
    package: Package = package_of(project)
    if package.digest != wish.digest:
        raise FilesChanged
    ready = readiness.of_project(project, package)
    _check(ready, wish.note)
    return ready


def _check(ready: Ready, note: str) -> None:
    if ready.is_live and ready.live is not None:
        raise NothingNew(f"This is version {ready.live.number}, which is live. Nothing was published again.")
    missing = ready.missing if ready.is_first or note else [*ready.missing, NO_NOTE]
    if missing:
        raise NotReady(" ".join(["This can't be published yet.", *missing]))


def _written(project: Project, ready: Ready, wish: Wish, by: User, state: ReleaseState) -> Release:
    return Release.objects.create(
        project=project, digest=ready.package.digest, engine=engine_digest(), archive=ready.package.archive(),
        proof=ready.proof, over=ready.live, note=wish.note, mode=wish.mode, proposed_by=by, state=state,
    )  # fmt: skip


def _go_live(release: Release, ready: Ready, by: User) -> None:
    """Within the caller's transaction: the version, who did it, and the regrade that was asked for."""
    live = ready.live
    done = catalog.publish(
        package=ready.package, origin=Origin.STUDIO, note=release.note, by=by,
        over=catalog.Over(live.pk if live else None),
    )  # fmt: skip
    if not done.changed:
        raise NothingNew(f"This is version {done.version.number}, which is live. Nothing was published again.")
    release.version = done.version
    _close(release, ReleaseState.PUBLISHED, by)
    Project.objects.filter(pk=release.project_id).update(based_on=done.version)
    about, facts = f"version:{done.version.number}", {"mode": release.mode, "digest": release.digest[:12]}
    log.record(actor=by, action="release.published", scope=release.project.scope, about=about, **facts)
    log.record(actor=by, action="version.published", scope=done.version.challenge.scope, about=about, **facts)
    regrade(version=done.version, mode=Mode(release.mode), by=by)


def _held(release: Release) -> Release:
    """The release, held until the end of the transaction. Raises AlreadyDecided where it is open no more."""
    held = Release.objects.select_for_update(of=("self",)).select_related("project").get(pk=release.pk)
    if not held.is_open:
        raise AlreadyDecided
    return held


def _to_be_decided(release: Release, by: User) -> Release:
    held = _held(release)
    if not by.may_publish:
        raise MayNotPublish
    if held.proposed_by_id == by.pk:
        raise OwnProposal
    return held


def _close(release: Release, state: ReleaseState, by: User) -> None:
    release.state, release.decided_by, release.decided_at = state, by, timezone.now()
    release.save(update_fields=["state", "decided_by", "decided_at", "reply", "mode", "version"])
