"""The versions of a challenge as the studio lists them. However many they are, the queries stay as few."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from gradetape.authoring.models import Project, Release, ReleaseState
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.regrading.models import Regrade, RegradeKind
from gradetape.submissions.models import Kind, Submission

LARGE = ("statement", "statement_html", "starter", "parts", "cases", "contract", "limits")
EARLIER = 10


@dataclass(frozen=True)
class Row:
    """A version, with how many submissions hang on it, and the proposal that it came from."""

    version: ChallengeVersion
    sent: int
    release: Release | None
    is_live: bool


def rows_of(challenge: Challenge) -> list[Row]:
    """All versions, the newest first."""
    sent = Submission.objects.filter(version=OuterRef("pk"), kind=Kind.SUBMIT).order_by().values("version")
    found = challenge.versions.defer(*LARGE).select_related("published_by")
    counted: Iterable[Any] = found.annotate(
        sent=Coalesce(Subquery(sent.annotate(count=Count("pk")).values("count")), 0)
    )
    releases = {one.version_id: one for one in reversed(_published(challenge))}
    return [Row(one, one.sent, releases.get(one.pk), one.pk == challenge.live_id) for one in counted]


def _published(challenge: Challenge) -> list[Release]:
    """The releases behind the versions, the newest first."""
    found = Release.objects.filter(version__challenge=challenge, state=ReleaseState.PUBLISHED)
    return list(found.defer("archive").select_related("proposed_by", "decided_by"))


def proposals_of(project: Project) -> QuerySet[Release]:
    """What was proposed of a project and is no version."""
    unpublished = project.releases.exclude(state=ReleaseState.PUBLISHED).defer("archive")
    return unpublished.select_related("project", "proposed_by", "decided_by")


def open_proposals(projects: Iterable[Project] | QuerySet[Project]) -> QuerySet[Release]:
    """What waits for an answer, the oldest first."""
    found = Release.objects.filter(state=ReleaseState.PROPOSED, project__in=projects).defer("archive")
    return found.select_related("project", "proposed_by").order_by("created_at")


def rejudges_of(challenge: Challenge) -> list[Regrade]:
    """The newest regrades that changed something, or do now."""
    found = challenge.regrades.filter(kind=RegradeKind.REJUDGE).listed()
    return list(found.select_related("version", "started_by", "challenge")[:EARLIER])
