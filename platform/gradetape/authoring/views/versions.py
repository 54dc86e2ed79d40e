"""Versions: what was published of a challenge, for all authors to read."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.authoring import logbook
from gradetape.authoring.access import authors_only, project_of
from gradetape.authoring.changes import differences
from gradetape.authoring.models import Project
from gradetape.authoring.publishing import listing, showing
from gradetape.authoring.publishing.forms import Regrading
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.catalog.packages import package_of
from gradetape.regrading import stopping
from gradetape.regrading.models import Regrade


@require_safe
@never_cache
def releases(request: SignedInRequest, slug: str) -> HttpResponse:
    """The versions of a project's challenge, and what was proposed of it."""
    project = project_of(request, slug)
    challenge = Challenge.objects.filter(slug=slug).select_related("live", "withdrawn").first()
    context = {"project": project, "proposals": listing.proposals_of(project)}
    return render(request, "studio/versions.html", context | _listed(request, challenge))


@require_safe
@never_cache
@authors_only
def versions(request: SignedInRequest, slug: str) -> HttpResponse:
    """The versions of a challenge, whether somebody has a project of it or not."""
    challenge = get_object_or_404(Challenge.objects.select_related("live", "withdrawn"), slug=slug)
    project = Project.objects.visible_to(request.user).filter(slug=slug).first()
    context = {"project": project, "proposals": listing.proposals_of(project) if project else []}
    return render(request, "studio/versions.html", context | _listed(request, challenge))


def _listed(request: SignedInRequest, challenge: Challenge | None) -> dict[str, Any]:
    if challenge is None:
        return {"challenge": None, "rows": []}
    rejudges = listing.rejudges_of(challenge)
    return {
        "challenge": challenge, "rows": listing.rows_of(challenge), "rejudges": rejudges,
        "may_act": request.user.may_publish, "regrading": Regrading(), "entries": logbook.newest_of(challenge.scope),
        **showing.impact(rejudges[0] if rejudges else None, request.user),
    }  # fmt: skip


@require_safe
@never_cache
@authors_only
def version(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """What a version changed: against the one before, or against the one that ?with= names."""
    challenge = get_object_or_404(Challenge.objects.select_related("live"), slug=slug)
    numbers = list(challenge.versions.values_list("number", flat=True))
    found = get_object_or_404(challenge.versions.select_related("published_by"), number=number)
    other = _other(request, challenge, number)
    after = package_of(found.digest).files
    context = {
        "challenge": challenge, "version": found, "other": other,
        "others": [one for one in numbers if one != number],
        "changes": differences(package_of(other.digest).files if other else {}, after),
    }  # fmt: skip
    return render(request, "studio/version.html", context)


def _other(request: SignedInRequest, challenge: Challenge, number: int) -> ChallengeVersion | None:
    """What it is held against; None for a first one."""
    wanted = request.GET.get("with", "")
    if not wanted:
        return challenge.versions.filter(number__lt=number).first()
    if not wanted.isdecimal() or len(wanted) > 9:
        raise Http404
    return get_object_or_404(challenge.versions, number=int(wanted))


@require_safe
@never_cache
@authors_only
def regrade(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """A regrade with what it changes; a script gets the piece alone, as a page asks for it while it is under way."""
    found = _regrade_of(slug, pk)
    name = "studio/regrade.html" if "HX-Request" in request.headers else "studio/regraded.html"
    context = {"challenge": found.challenge, "polls": found.is_open, **showing.impact(found, request.user)}
    return render(request, name, context)


@require_POST
@authors_only
def cancel(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Stop a regrade, for whoever started it and for those who may publish; what is done stays done."""
    found = _regrade_of(slug, pk)
    if not (request.user.may_publish or found.started_by_id == request.user.pk):
        raise Http404
    if stopping.cancel(regrade=found, by=request.user):
        messages.info(request, "It is stopped.")
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else reverse("studio_challenge_versions", args=[slug]))


def _regrade_of(slug: str, pk: UUID) -> Regrade:
    found: Regrade = get_object_or_404(
        Regrade.objects.listed().select_related("challenge", "version", "started_by"), pk=pk, challenge__slug=slug
    )
    return found
