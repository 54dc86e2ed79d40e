"""Packages in and out: archives of projects and of published versions, and what an upload would change."""

import secrets
from base64 import b64decode, b64encode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gradetape import broker
from gradetape.accounts.http import SignedInRequest
from gradetape.audit import log
from gradetape.authoring import files
from gradetape.authoring.access import authors_only, project_of
from gradetape.authoring.actions import projects
from gradetape.authoring.archives import packed, unpacked
from gradetape.authoring.changes import differences
from gradetape.authoring.exceptions import AuthoringError
from gradetape.authoring.forms import Upload, UploadNew
from gradetape.authoring.models import Project
from gradetape.catalog.folders import changed
from gradetape.catalog.models import ChallengeVersion, VersionArchive

# How long an upload waits for its author to have read what it changes.
WAITS_S = 30 * 60


@require_safe
@never_cache
def download(request: SignedInRequest, slug: str) -> HttpResponse:
    """The project as an archive."""
    project = project_of(request, slug)
    log.record(actor=request.user, action="project.downloaded", scope=project.scope)
    return _attachment(packed(project.slug, files.contents_of(project)), f"{project.slug}.tar")


@require_safe
@never_cache
@authors_only
def version(request: SignedInRequest, slug: str, number: int) -> HttpResponse:
    """A published version as an archive, also of a challenge that is withdrawn."""
    found = get_object_or_404(ChallengeVersion, challenge__slug=slug, number=number)
    archive = get_object_or_404(VersionArchive, version=found)
    log.record(actor=request.user, action="version.downloaded", scope=f"challenge:{slug}", about=f"version:{number}")
    return _attachment(bytes(archive.data), f"{slug}-v{number}.tar")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@authors_only
def upload_new(request: SignedInRequest) -> HttpResponse:
    """A project out of an archive."""
    form = UploadNew(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = unpacked(form.cleaned_data["archive"].read())
            slug = form.cleaned_data["slug"] or found.slug
            return redirect(projects.make(slug=slug, contents=found.files, by=request.user))
        except AuthoringError as error:
            form.add_error("archive", str(error))
    return render(request, "studio/upload.html", {"form": form}, status=400 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def upload(request: SignedInRequest, slug: str) -> HttpResponse:
    """Take an archive, and show what it would change; nothing is replaced yet."""
    project = project_of(request, slug)
    form = Upload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            archive = form.cleaned_data["archive"].read()
            found = unpacked(archive)
        except AuthoringError as error:
            form.add_error("archive", str(error))
        else:
            before = files.contents_of(project)
            waiting = secrets.token_urlsafe(16)
            seen = files.fingerprint(project)
            broker.client().set(_key(request, project, waiting), seen + b64encode(archive).decode(), ex=WAITS_S)
            context = {"project": project, "changes": differences(before, found.files), "waiting": waiting}
            return render(
                request, "studio/upload.html", context | {"form": Upload(), "other": _other(project, found.slug)}
            )
    context = {"project": project, "form": form}
    return render(request, "studio/upload.html", context, status=400 if request.method == "POST" else 200)


@require_POST
def replace(request: SignedInRequest, slug: str) -> HttpResponse:
    """Replace the project's files by those of an archive that its author has looked at."""
    project = project_of(request, slug)
    kept = broker.client().get(_key(request, project, request.POST.get("waiting", "")[:64]))
    if not isinstance(kept, str):
        messages.error(request, "That upload has waited too long. Upload the archive again.")
        return redirect("studio_upload", slug)
    seen, archive = kept[: files.FINGERPRINT], b64decode(kept[files.FINGERPRINT :])
    if files.fingerprint(project) != seen:
        messages.error(
            request, "The project was changed while you looked. Upload the archive again to see what differs now."
        )
        return redirect("studio_upload", slug)
    try:
        contents = unpacked(archive).files
        count = len(changed(files.contents_of(project), contents))
        projects.fill(project=project, contents=contents, by=request.user)
    except AuthoringError as error:
        messages.error(request, str(error))
        return redirect("studio_upload", slug)
    log.record(actor=request.user, action="project.uploaded", scope=project.scope, files=count)
    messages.success(request, f"{count} files are replaced. What they were is among their versions.")
    return redirect(project)


def _key(request: SignedInRequest, project: Project, waiting: str) -> str:
    if not waiting.replace("-", "").replace("_", "").isalnum():
        raise Http404
    return f"studio:upload:{request.user.pk}:{project.pk}:{waiting}"


def _other(project: Project, slug: str) -> str:
    """The short name that the archive says, where it is not the project's."""
    return slug if slug and slug != project.slug else ""


def _attachment(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/x-tar")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
