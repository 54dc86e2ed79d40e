"""What authors learn: the published challenges, and the figures of each."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.authoring.access import authors_only
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.insights.figures.page import figures_of
from gradetape.insights.listing import challenge_rows, published
from gradetape.insights.models import CaseReport


def challenge_of(slug: str) -> Challenge:
    """A published challenge. Raises Http404."""
    return get_object_or_404(published(), slug=slug)


@require_safe
@never_cache
@authors_only
def challenges(request: SignedInRequest) -> HttpResponse:
    """What is published, with what candidates made of it."""
    return render(request, "insights/challenges.html", {"rows": challenge_rows()})


@require_safe
@never_cache
@authors_only
def learn(request: SignedInRequest, slug: str) -> HttpResponse:
    """The figures of a version: the live one, or the one that ?version= names."""
    challenge = challenge_of(slug)
    fields = ("challenge", "number", "digest", "created_at", "cases", "parts")
    versions = list(challenge.versions.select_related("challenge").only(*fields, "challenge__slug"))
    version = _chosen(versions, challenge, request.GET.get("version", ""))
    reports = CaseReport.objects.open().filter(version__challenge=challenge).count()
    context = {"challenge": challenge, "versions": versions, "version": version, "open_reports": reports}
    return render(request, "insights/learn.html", context | figures_of(version))


def _chosen(versions: list[ChallengeVersion], challenge: Challenge, number: str) -> ChallengeVersion:
    if number:
        found = next((one for one in versions if str(one.number) == number), None)
        if found is None:
            raise Http404
        return found
    return next((one for one in versions if one.pk == challenge.live_id), versions[0])
