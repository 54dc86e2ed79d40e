"""What those who may publish do with versions: roll back, withdraw, bring back, have things regraded."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gradetape.accounts.http import SignedInRequest, only_for
from gradetape.accounts.models import User
from gradetape.authoring.models import Mode
from gradetape.authoring.publishing import readiness, showing, versions
from gradetape.authoring.publishing.exceptions import NothingNew
from gradetape.authoring.publishing.forms import Choosing, Regrading, Replying
from gradetape.authoring.publishing.readiness import Ready
from gradetape.authoring.publishing.showing import checklist
from gradetape.authoring.views.publishing import begun
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.catalog.packages import package_of
from gradetape.exceptions import GradeTapeError


def may_publish(user: User) -> bool:
    """Whether somebody may act on versions."""
    return user.may_publish


publishers_only = only_for(may_publish)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@publishers_only
def roll_back(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """An older version, what would change with it, and the step itself."""
    found = _version_of(slug, number)
    ready = readiness.of_version(package_of(found.digest))
    form = Choosing(request.POST or None, ready=ready)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            versions.roll_back(version=found, mode=form.chosen, by=request.user)
            messages.success(request, f"Version {number} is live again.")
            return redirect("studio_challenge_versions", slug)
        except NothingNew as error:
            messages.info(request, str(error))
            return redirect("studio_challenge_versions", slug)
        except GradeTapeError as error:
            messages.error(request, str(error))
            ready, status = readiness.of_version(package_of(found.digest)), 409
    context = _shown(request, found, ready) | {"form": form, "changes": showing.changes(ready)}
    return render(request, "studio/roll_back.html", context, status=status)


@require_safe
@never_cache
@publishers_only
def ready(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """The checklist alone, as the page asks for it while something is under way."""
    found = _version_of(slug, number)
    return render(request, "studio/ready.html", _shown(request, found, readiness.of_version(package_of(found.digest))))


@require_POST
@publishers_only
def look(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """Begin to see what would change."""
    found = _version_of(slug, number)
    return begun(request, readiness.of_version(package_of(found.digest)), showing.of_version(found))


@require_POST
@publishers_only
def withdraw(request: SignedInRequest, slug: str) -> HttpResponse:
    """Take a challenge out of the catalogue."""
    challenge = get_object_or_404(Challenge, slug=slug)
    form = Replying(request.POST)
    try:
        reason = form.cleaned_data["reply"] if form.is_valid() else ""
        versions.withdraw(challenge=challenge, reason=reason, by=request.user)
        messages.success(request, f"{challenge} is withdrawn. What people sent and wrote is kept.")
    except GradeTapeError as error:
        messages.error(request, str(error))
    return redirect("studio_challenge_versions", slug)


@require_POST
@publishers_only
def bring_back(request: SignedInRequest, slug: str) -> HttpResponse:
    """Put it back as it was."""
    challenge = get_object_or_404(Challenge, slug=slug)
    try:
        versions.bring_back(challenge=challenge, by=request.user)
        messages.success(request, f"{challenge} is in the catalogue again.")
    except GradeTapeError as error:
        messages.error(request, str(error))
    return redirect("studio_challenge_versions", slug)


@require_POST
@publishers_only
def regrade(request: SignedInRequest, slug: str) -> HttpResponse:
    """Have what was graded with other versions graded with the one that is live."""
    challenge = get_object_or_404(Challenge, slug=slug)
    form = Regrading(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose what to regrade.")
        return redirect("studio_challenge_versions", slug)
    try:
        versions.regrade_again(challenge=challenge, mode=Mode(form.cleaned_data["mode"]), by=request.user)
    except GradeTapeError as error:
        messages.error(request, str(error))
    return redirect("studio_challenge_versions", slug)


def _version_of(slug: str, number: int) -> ChallengeVersion:
    return get_object_or_404(ChallengeVersion.objects.select_related("challenge"), challenge__slug=slug, number=number)


def _shown(request: SignedInRequest, found: ChallengeVersion, is_ready: Ready) -> dict[str, Any]:
    more = {"challenge": found.challenge, "version": found}
    return checklist(is_ready, showing.of_version(found), request.user, **more)
