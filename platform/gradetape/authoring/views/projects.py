"""Projects as a whole: one's own, new ones, and what each consists of."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grader.linting.inspection import problems_of
from gradetape.accounts import sharing
from gradetape.accounts.http import SignedInRequest
from gradetape.authoring import files, logbook
from gradetape.authoring.access import authors_only, project_of
from gradetape.authoring.actions import projects
from gradetape.authoring.exceptions import AuthoringError
from gradetape.authoring.forms import NewProject
from gradetape.authoring.models import Project
from gradetape.authoring.models.project import AUTHORS
from gradetape.authoring.overview import deleted_of, groups_of
from gradetape.authoring.publishing.listing import open_proposals
from gradetape.authoring.starting import question, template
from gradetape.catalog.packages import package_of


@require_safe
@never_cache
@authors_only
def studio(request: SignedInRequest) -> HttpResponse:
    """One's projects; with ?archived=1 those that were put away."""
    is_archive = request.GET.get("archived") == "1"
    mine = Project.objects.visible_to(request.user).filter(archived_at__isnull=not is_archive)
    rows = mine.select_related("based_on__challenge").prefetch_related("authors", "teams")
    context = {"projects": rows, "is_archive": is_archive, "proposals": open_proposals(mine)}
    return render(request, "studio/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@authors_only
def new(request: SignedInRequest) -> HttpResponse:
    """Begin a project."""
    form = NewProject(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_made(request, form.cleaned_data))
        except AuthoringError as error:
            form.add_error("slug", str(error))
    status = 400 if request.method == "POST" else 200
    return render(request, "studio/new.html", {"form": form}, status=status)


def _made(request: SignedInRequest, chosen: dict[str, Any]) -> Project:
    based_on, title = None, chosen["title"]
    if chosen["way"] == "challenge":
        based_on = chosen["challenge"].live
        contents = dict(package_of(based_on.digest).files)
        if title:
            contents["challenge.toml"] = template.entitled(contents["challenge.toml"].decode(), title).encode()
    elif chosen["way"] == "question":
        contents = question.files(chosen["question"], title)
    else:
        contents = template.files(title)
    return projects.make(slug=chosen["slug"], contents=contents, by=request.user, based_on=based_on)


@require_safe
@never_cache
def project(request: SignedInRequest, slug: str) -> HttpResponse:
    """What a project consists of, what is wrong with it, whose it is."""
    found = project_of(request, slug)
    context = {
        "project": found, "groups": groups_of(found), "deleted": deleted_of(found),
        "problems": problems_of(files.contents_of(found)),
        "shared": sharing.shared_with(found.authors.all(), found.teams.all(), AUTHORS),
        "entries": logbook.newest_of(found.scope),
    }  # fmt: skip
    return render(request, "studio/project.html", context)


@require_POST
def share(request: SignedInRequest, slug: str) -> HttpResponse:
    """Share a project with another author or a team."""
    found = project_of(request, slug)
    try:
        colleague = projects.share(project=found, who=request.POST.get("who", ""), by=request.user)
        messages.success(request, f"This project is shared with {colleague} now.")
    except AuthoringError as error:
        messages.error(request, str(error))
    return redirect(found)


@require_POST
def remove_author(request: SignedInRequest, slug: str, user_id: int) -> HttpResponse:
    """Share it no longer with somebody."""
    found = project_of(request, slug)
    try:
        projects.remove_author(project=found, user_id=user_id, by=request.user)
    except AuthoringError as error:
        messages.error(request, str(error))
    return _here_or_list(request, found)


@require_POST
def remove_team(request: SignedInRequest, slug: str, team_id: int) -> HttpResponse:
    """Share it no longer with a team."""
    found = project_of(request, slug)
    try:
        projects.remove_team(project=found, team_id=team_id, by=request.user)
    except AuthoringError as error:
        messages.error(request, str(error))
    return _here_or_list(request, found)


def _here_or_list(request: SignedInRequest, found: Project) -> HttpResponse:
    """Back to the project; whoever took it from themselves goes back to their list."""
    still = Project.objects.visible_to(request.user).filter(pk=found.pk).exists()
    return redirect(found) if still else redirect("studio")


@require_POST
def archive(request: SignedInRequest, slug: str) -> HttpResponse:
    """Put a project away, or take it out again."""
    found = project_of(request, slug)
    if found.archived_at is None:
        projects.archive(project=found, by=request.user)
        messages.success(request, f"{found} is in the archive.")
        return redirect("studio")
    projects.bring_back(project=found, by=request.user)
    return redirect(found)
