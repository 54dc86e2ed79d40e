"""Writes on the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from django.db import models, transaction

from grader.package import Package
from grader.seeds import pool
from gradetape.accounts.models import User
from gradetape.catalog.exceptions import LiveChanged, NotLive, NotWithdrawn
from gradetape.catalog.models import (
    Challenge,
    ChallengeTopic,
    ChallengeVersion,
    Origin,
    VersionArchive,
    public_cases,
    public_contract,
    public_parts,
    words_of,
)
from gradetape.catalog.packages import package_of
from gradetape.catalog.statements import render


@dataclass(frozen=True)
class Publication:
    """What publishing did: `created`: this digest is new here; `changed`: another version was live before."""

    version: ChallengeVersion
    created: bool
    changed: bool


@dataclass(frozen=True)
class Over:
    """The version that was live when somebody looked at what publishing would change; None: none was."""

    live_id: int | None


@transaction.atomic
def publish(
    *, package: Package, origin: Origin = Origin.FOLDER, note: str = "", by: User | None = None,
    over: Over | None = None,
) -> Publication:  # fmt: skip
    """Make the package its challenge's live version. Publishing the same package again changes nothing.

    `note` says what changed; a version that is there already keeps its own. With `over` nothing is published where
    another version has gone live meanwhile: raises LiveChanged.
    """
    facts = {name: getattr(package, name) for name in ("title", "summary", "kind", "difficulty", "runtime", "minutes")}
    facts["topics"] = list(package.topics)
    facts["words"] = words_of(package.title, package.summary, package.topics)
    Challenge.objects.get_or_create(slug=package.slug, defaults=facts)
    # Two publishers at once number their versions one after the other.
    challenge = Challenge.objects.select_for_update().get(slug=package.slug)
    version = ChallengeVersion.objects.filter(digest=package.digest).first()
    if version is not None and challenge.live_id == version.pk:
        return Publication(version=version, created=False, changed=False)
    if over is not None and challenge.live_id != over.live_id:
        raise LiveChanged
    created = version is None
    version = version or _new_version(challenge=challenge, package=package, origin=origin, note=note, by=by)
    Challenge.objects.filter(pk=challenge.pk).update(
        live=version, withdrawn=None, decided_in_studio=origin == Origin.STUDIO, **facts
    )
    _list_topics(challenge=challenge, names=package.topics)
    return Publication(version=version, created=created, changed=True)


def roll_back(*, version: ChallengeVersion, over: Over | None = None) -> Publication:
    """Make an older version live again; what the challenge says of itself follows its package. Raises LiveChanged."""
    return publish(package=package_of(version.digest), origin=Origin.STUDIO, over=over)


@transaction.atomic
def withdraw(*, challenge: Challenge) -> ChallengeVersion:
    """Take it out of the catalogue: nobody begins it any more. Drafts, submissions and the interviews that have
    pinned a version of it stay and go on. Returns the version that was live. Raises NotLive.
    """
    held = Challenge.objects.select_for_update(of=("self",)).select_related("live").get(pk=challenge.pk)
    if held.live is None:
        raise NotLive
    Challenge.objects.filter(pk=held.pk).update(live=None, withdrawn=held.live, decided_in_studio=True)
    return held.live


@transaction.atomic
def bring_back(*, challenge: Challenge) -> ChallengeVersion:
    """Put a withdrawn challenge back, with the version that was live last. Raises NotWithdrawn."""
    held = Challenge.objects.select_for_update(of=("self",)).select_related("withdrawn").get(pk=challenge.pk)
    if held.live_id is not None or held.withdrawn is None:
        raise NotWithdrawn
    return publish(package=package_of(held.withdrawn.digest), origin=Origin.STUDIO).version


def _list_topics(*, challenge: Challenge, names: Iterable[str]) -> None:
    """Topics that differ in their capitals alone are one."""
    rows = {name[:100].casefold()[:100]: name[:100] for name in names}
    challenge.topic_rows.all().delete()
    ChallengeTopic.objects.bulk_create(
        ChallengeTopic(challenge=challenge, key=key, name=name) for key, name in rows.items()
    )


def _new_version(
    *, challenge: Challenge, package: Package, origin: Origin, note: str, by: User | None
) -> ChallengeVersion:
    last = challenge.versions.aggregate(last=models.Max("number"))["last"] or 0
    version = ChallengeVersion.objects.create(
        challenge=challenge,
        number=last + 1,
        digest=package.digest,
        runtime=package.runtime,
        statement=package.statement,
        statement_html=render(package.statement),
        starter=package.starter,
        parts=public_parts(package.parts, package.cases),
        cases=public_cases(package.cases),
        contract=public_contract(package.contract),
        limits=msgspec.to_builtins(package.limits),
        origin=origin,
        note=note,
        published_by=by,
    )
    VersionArchive.objects.create(version=version, data=package.archive(), seeds=pool(package))
    return version
