"""Writes on the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from django.db import models, transaction

from grader.package import Package
from grader.seeds import pool
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
from gradetape.catalog.statements import render


@dataclass(frozen=True)
class Publication:
    """What publishing did: `created`: this digest is new here; `changed`: another version was live before."""

    version: ChallengeVersion
    created: bool
    changed: bool


@transaction.atomic
def publish(*, package: Package, origin: Origin = Origin.FOLDER, note: str = "") -> Publication:
    """Make the package its challenge's live version. Publishing the same package again changes nothing.

    `note` says what changed; a version that is there already keeps its own.
    """
    facts = {name: getattr(package, name) for name in ("title", "summary", "kind", "difficulty", "runtime", "minutes")}
    facts["topics"] = list(package.topics)
    facts["words"] = words_of(package.title, package.summary, package.topics)
    Challenge.objects.get_or_create(slug=package.slug, defaults=facts)
    # Two publishers at once number their versions one after the other.
    challenge = Challenge.objects.select_for_update().get(slug=package.slug)
    version = ChallengeVersion.objects.filter(digest=package.digest).first()
    created = version is None
    version = version or _new_version(challenge=challenge, package=package, origin=origin, note=note)
    changed = challenge.live_id != version.pk
    if changed:
        Challenge.objects.filter(pk=challenge.pk).update(live=version, **facts)
        _list_topics(challenge=challenge, names=package.topics)
    return Publication(version=version, created=created, changed=changed)


def _list_topics(*, challenge: Challenge, names: Iterable[str]) -> None:
    """Topics that differ in their capitals alone are one."""
    rows = {name[:100].casefold()[:100]: name[:100] for name in names}
    challenge.topic_rows.all().delete()
    ChallengeTopic.objects.bulk_create(
        ChallengeTopic(challenge=challenge, key=key, name=name) for key, name in rows.items()
    )


def _new_version(*, challenge: Challenge, package: Package, origin: Origin, note: str) -> ChallengeVersion:
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
    )
    VersionArchive.objects.create(version=version, data=package.archive(), seeds=pool(package))
    return version
