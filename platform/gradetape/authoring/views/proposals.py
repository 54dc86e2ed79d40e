"""Proposals: read by the project's authors, decided on by those who may publish."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.authoring.access import project_of
from gradetape.authoring.models import Release
from gradetape.authoring.publishing import readiness, releasing, showing
from gradetape.authoring.publishing.forms import Choosing, Replying
from gradetape.authoring.publishing.showing import checklist
from gradetape.authoring.views.publishing import begun
from gradetape.exceptions import GradeTapeError


@require_safe
@never_cache
def proposal(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """What is proposed, and what became of it."""
    release = _release_of(request, slug, pk)
    context = {"project": release.project, "release": release, "may_decide": _may_decide(request, release)}
    if release.is_open:
        found = readiness.of_release(release)
        context |= checklist(found, showing.of_release(release), request.user)
        context |= {
            "changes": showing.changes(found), "form": Choosing(initial={"mode": release.mode}, ready=found),
            "replying": Replying(), "has_moved": found.live != release.over,
        }  # fmt: skip
    return render(request, "studio/proposal.html", context)


@require_safe
@never_cache
def ready(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """The checklist alone, as the page asks for it while something is under way."""
    release = _release_of(request, slug, pk)
    found = readiness.of_release(release)
    context = checklist(found, showing.of_release(release), request.user, project=release.project, release=release)
    return render(request, "studio/ready.html", context)


@require_POST
def look(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Begin to see what would change."""
    release = _release_of(request, slug, pk)
    return begun(request, readiness.of_release(release), showing.of_release(release))


@require_POST
def decide(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Approve, decline with a reply, or take back."""
    release = _release_of(request, slug, pk)
    try:
        messages.success(request, _decided(request, release))
    except GradeTapeError as error:
        messages.error(request, str(error))
    return redirect(release)


def _decided(request: SignedInRequest, release: Release) -> str:
    """Do it, and say what was done."""
    if "take_back" in request.POST:
        releasing.take_back(release=release, by=request.user)
        return "It is proposed no longer."
    if "decline" in request.POST:
        replying = Replying(request.POST)
        if not replying.is_valid():
            raise GradeTapeError("Say in a reply why it is declined: whoever proposed it reads that.")
        releasing.decline(release=release, reply=replying.cleaned_data["reply"], by=request.user)
        return "It is declined."
    choosing = Choosing(request.POST, ready=readiness.of_release(release))
    if not choosing.is_valid():
        raise GradeTapeError("Choose what happens to what was sent already.")
    done = releasing.approve(release=release, mode=choosing.chosen, by=request.user)
    return f"Version {done.version.number} is live." if done.version else "Published."


def _release_of(request: SignedInRequest, slug: str, pk: UUID) -> Release:
    project = project_of(request, slug)
    found: Release = get_object_or_404(
        project.releases.select_related("project", "over", "proposed_by", "decided_by", "version__challenge"), pk=pk
    )
    return found


def _may_decide(request: SignedInRequest, release: Release) -> bool:
    return request.user.may_publish and release.proposed_by_id != request.user.pk
