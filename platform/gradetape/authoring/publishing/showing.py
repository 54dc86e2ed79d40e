"""What the pages of publishing show, whatever it is that goes live: files, a proposal, an older version."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from gradetape.accounts.models import User
from gradetape.authoring.changes import Change, differences
from gradetape.authoring.models import Project, Release
from gradetape.authoring.publishing.readiness import Ready
from gradetape.catalog.models import ChallengeVersion
from gradetape.catalog.packages import package_of
from gradetape.regrading import summary
from gradetape.regrading.models import Regrade


@dataclass(frozen=True)
class Place:
    """The addresses of one such page: itself, its checklist alone, and where it asks for what would change."""

    page: str
    ready: str
    look: str


def of_project(project: Project) -> Place:
    return Place(
        reverse("studio_publish", args=[project.slug]),
        reverse("studio_publish_ready", args=[project.slug]),
        reverse("studio_publish_shadow", args=[project.slug]),
    )


def of_release(release: Release) -> Place:
    about = [release.project.slug, release.pk]
    return Place(
        reverse("studio_proposal", args=about),
        reverse("studio_proposal_ready", args=about),
        reverse("studio_proposal_shadow", args=about),
    )


def of_version(version: ChallengeVersion) -> Place:
    about = [version.challenge.slug, version.number]
    return Place(
        reverse("studio_roll_back", args=about),
        reverse("studio_roll_back_ready", args=about),
        reverse("studio_roll_back_shadow", args=about),
    )


def checklist(ready: Ready, here: Place, user: User, **more: Any) -> dict[str, Any]:
    """The context of the checklist, which asks for itself again as long as something is under way."""
    return {"ready": ready, "here": here, **impact(ready.shadow, user), **more}


def impact(regrade: Regrade | None, user: User) -> dict[str, Any]:
    """A regrade with what it changes."""
    return {"regrade": regrade, "impact": summary.of(regrade, user) if regrade else None}


def changes(ready: Ready) -> list[Change]:
    """What would be other than in what is live, file by file; nothing for a first version."""
    return differences(package_of(ready.live.digest).files, ready.package.files) if ready.live else []
