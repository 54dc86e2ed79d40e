"""Publishing a project: what is missing, what would change, and the step itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grader.exceptions import PackageError
from gradetape.accounts.http import SignedInRequest
from gradetape.authoring.access import project_of
from gradetape.authoring.files import package_of
from gradetape.authoring.models import Project, Release, ReleaseState
from gradetape.authoring.publishing import readiness, releasing, showing
from gradetape.authoring.publishing.exceptions import NothingNew
from gradetape.authoring.publishing.forms import Publishing
from gradetape.authoring.publishing.readiness import Ready
from gradetape.authoring.publishing.showing import Place, checklist
from gradetape.exceptions import GradeTapeError
from gradetape.regrading import shadow


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def publish(request: SignedInRequest, slug: str) -> HttpResponse:
    """What would go live; sent, it does, or is proposed to those who may."""
    project = project_of(request, slug)
    try:
        found = readiness.of_project(project, package_of(project))
    except PackageError as error:
        return render(request, "studio/publish.html", {"project": project, "unreadable": str(error)})
    if request.method == "POST":
        return _published(request, project, found)
    return _page(request, project, found, Publishing(initial={"digest": found.package.digest}, ready=found))


def _published(request: SignedInRequest, project: Project, found: Ready) -> HttpResponse:
    form = Publishing(request.POST, ready=found)
    if not form.is_valid():
        return _page(request, project, found, form, status=400)
    try:
        if request.user.may_publish:
            done = releasing.publish(project=project, wish=form.wish, by=request.user)
            messages.success(request, f"Version {done.version.number} is live." if done.version else "Published.")
        else:
            releasing.propose(project=project, wish=form.wish, by=request.user)
            messages.success(request, "It is proposed. Somebody who may publish decides.")
    except NothingNew as error:
        messages.info(request, str(error))
    except (GradeTapeError, PackageError) as error:
        messages.error(request, str(error))
        # What was typed stays, about what is shown now.
        typed = Publishing(request.POST.dict() | {"digest": found.package.digest}, ready=found)
        return _page(request, project, readiness.of_project(project, found.package), typed, status=409)
    return redirect("studio_releases", project.slug)


def _page(
    request: SignedInRequest, project: Project, found: Ready, form: Publishing, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = checklist(found, showing.of_project(project), request.user, project=project)
    context |= {
        "form": form,
        "changes": showing.changes(found),
        "proposal": project.releases.filter(state=ReleaseState.PROPOSED).select_related("proposed_by").first(),
        "declined": _declined(project),
        "is_behind": found.live is not None and project.based_on_id != found.live.pk,
    }
    return render(request, "studio/publish.html", context, status=status)


def _declined(project: Project) -> Release | None:
    """The newest release, if the answer to it was no."""
    newest = project.releases.select_related("project", "decided_by").first()
    return newest if newest is not None and newest.state == ReleaseState.DECLINED else None


@require_safe
@never_cache
def ready(request: SignedInRequest, slug: str) -> HttpResponse:
    """The checklist alone, as the page asks for it while something is under way."""
    project = project_of(request, slug)
    try:
        found = readiness.of_project(project, package_of(project))
    except PackageError as error:
        return render(request, "studio/ready.html", {"project": project, "unreadable": str(error)})
    return render(
        request, "studio/ready.html", checklist(found, showing.of_project(project), request.user, project=project)
    )


@require_POST
def look(request: SignedInRequest, slug: str) -> HttpResponse:
    """Begin to see what would change."""
    project = project_of(request, slug)
    try:
        found = readiness.of_project(project, package_of(project))
    except PackageError as error:
        messages.error(request, str(error))
        return redirect("studio_publish", slug)
    return begun(request, found, showing.of_project(project))


def begun(request: SignedInRequest, found: Ready, here: Place) -> HttpResponse:
    """Start the shadow regrade of what is shown, unless there is one, and show the page again."""
    try:
        if found.challenge is not None and found.shadow is None:
            shadow.start(challenge=found.challenge, package=found.package, by=request.user)
    except GradeTapeError as error:
        messages.error(request, str(error))
    return redirect(here.page if "HX-Request" not in request.headers else here.ready)
