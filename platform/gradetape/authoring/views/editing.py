"""The editor: one file of a project at a time, kept while one types."""

from typing import Annotated, Any

import msgspec
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grader.linting.inspection import problems_of
from gradetape.accounts.http import SignedInRequest
from gradetape.answers import refusal
from gradetape.authoring import files, guidance, history, previewing
from gradetape.authoring.access import project_of
from gradetape.authoring.exceptions import AuthoringError, FileConflict
from gradetape.authoring.forms import NewFile
from gradetape.authoring.models import Project, ProjectFile
from gradetape.authoring.overview import groups_of, is_text
from gradetape.submissions.bodies import body_of
from gradetape.submissions.models import EditorSettings
from gradetape.submissions.text import encoded

Revision = Annotated[int, msgspec.Meta(ge=0, lt=2**31 - 1)]


class Saving(msgspec.Struct):
    """A file's text. `keep_previous`: what this replaces goes to its history first."""

    source: str
    revision: Revision
    keep_previous: bool = False


class Typed(msgspec.Struct):
    """A text that is not saved yet."""

    source: str


@require_http_methods(["GET", "HEAD", "PUT"])
@never_cache
def file(request: SignedInRequest, slug: str, path: str) -> HttpResponse:
    """The editor with a file in it; PUT keeps what is in the editor, 409 with the newer text when it was changed
    elsewhere.
    """
    project = project_of(request, slug)
    if request.method == "PUT":
        return _saved(request, project, path)
    found = get_object_or_404(project.files, path=path)
    content = bytes(found.content)
    text = is_text(path, content)
    settings = EditorSettings.objects.filter(user=request.user).first()
    context = {
        "project": project, "file": found, "groups": groups_of(project), "size": len(content), "is_text": text,
        "chapters": guidance.chapters(), "first_chapter": guidance.FIRST.get(path, "grader.probing"),
        "has_preview": path in previewing.MARKDOWN, "editor_settings": settings.chosen if settings else None,
        "draft": {"source": found.text if text else "", "revision": found.revision, "saved_at": found.saved_at},
    }  # fmt: skip
    if context["has_preview"]:
        context |= previewing.context_of(project, path, found.text)
    return render(request, "studio/file.html", context)


def _saved(request: SignedInRequest, project: Project, path: str) -> HttpResponse:
    try:
        body = body_of(request, Saving)
        kept = files.write(
            project=project, path=path, content=encoded(body.source), by=request.user, revision=body.revision,
            keep=body.keep_previous,
        )  # fmt: skip
    except BadRequest as error:
        return refusal(400, "not_json", str(error))
    except FileConflict as error:
        newer = project.files.filter(path=path).first()
        if newer is None:
            return refusal(410, "gone", str(error))
        facts = {"revision": newer.revision, "source": newer.text, "saved_at": newer.saved_at}
        return refusal(409, error.code, str(error), **facts)
    except AuthoringError as error:
        return refusal(400, error.code, str(error))
    return JsonResponse({"revision": kept.revision, "saved_at": kept.saved_at})


@require_safe
@never_cache
def versions(request: SignedInRequest, slug: str, path: str) -> HttpResponse:
    """What a file was before, the newest first; without the texts."""
    rows = history.versions_of(project_of(request, slug), path).select_related("saved_by")
    listed = [
        {
            "revision": row.revision,
            "saved_at": row.saved_at,
            "size": row.size,
            "kept": row.kept,
            "by": _by(row.saved_by),
        }
        for row in rows.defer("content")
    ]
    return JsonResponse({"versions": listed})


@require_safe
@never_cache
def version(request: SignedInRequest, slug: str, path: str, revision: int) -> HttpResponse:
    """One of them, with its text."""
    found = get_object_or_404(history.versions_of(project_of(request, slug), path), revision=revision)
    return JsonResponse({"revision": found.revision, "saved_at": found.saved_at, "source": found.text})


def _by(user: Any) -> str:
    return str(user) if user else ""


@require_POST
@never_cache
def lint(request: SignedInRequest, slug: str, path: str) -> HttpResponse:
    """The problems of the whole project, with a file as it is being typed."""
    project = project_of(request, slug)
    try:
        source = body_of(request, Typed).source
    except BadRequest as error:
        return refusal(400, "not_json", str(error))
    contents = files.contents_of(project)
    if path in contents:
        contents[path] = encoded(source)
    return JsonResponse({"problems": msgspec.to_builtins(problems_of(contents))})


@require_POST
@never_cache
def preview(request: SignedInRequest, slug: str, path: str) -> HttpResponse:
    """Markdown as it will be shown, as HTML that is clean."""
    project = project_of(request, slug)
    try:
        context = previewing.context_of(project, path, body_of(request, Typed).source)
    except BadRequest as error:
        return refusal(400, "not_json", str(error))
    except AuthoringError as error:
        return refusal(400, error.code, str(error))
    return JsonResponse({"html": render_to_string("studio/preview.html", context)})


@require_POST
def add(request: SignedInRequest, slug: str) -> HttpResponse:
    """A new file, empty or uploaded; what is uploaded under a name that is taken replaces that file."""
    project = project_of(request, slug)
    form = NewFile(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, "Say what the file is called.")
        return redirect(project)
    path, upload = form.cleaned_data["path"].strip(), form.cleaned_data["upload"]
    there = project.files.filter(path=path).first()
    if there and not upload:
        return redirect("studio_file", slug, path)
    try:
        content = upload.read() if upload else b""
        revision = there.revision if there else 0
        files.write(project=project, path=path, content=content, by=request.user, revision=revision, keep=True)
    except AuthoringError as error:
        messages.error(request, str(error))
        return redirect(project)
    return redirect("studio_file", slug, path)


@require_POST
def rename(request: SignedInRequest, slug: str, path: str) -> HttpResponse:
    """Another name for a file."""
    project = project_of(request, slug)
    try:
        moved = files.rename(
            project=project,
            path=path,
            to=request.POST.get("to", "").strip(),
            by=request.user,
            revision=_revision(project, path),
        )
    except AuthoringError as error:
        messages.error(request, str(error))
        return redirect(project)
    return redirect("studio_file", slug, moved.path)


@require_POST
def delete(request: SignedInRequest, slug: str, path: str) -> HttpResponse:
    """Delete a file; it can be had back."""
    project = project_of(request, slug)
    try:
        files.remove(project=project, path=path, by=request.user, revision=_revision(project, path))
        messages.success(request, f"{path} is deleted. It can be had back below.")
    except AuthoringError as error:
        messages.error(request, str(error))
    return redirect(project)


@require_POST
def restore(request: SignedInRequest, slug: str, path: str) -> HttpResponse:
    """Have a deleted file back, as it was last."""
    project = project_of(request, slug)
    last = get_object_or_404(history.versions_of(project, path)[:1])
    try:
        files.write(project=project, path=path, content=bytes(last.content), by=request.user, revision=0)
    except AuthoringError as error:
        messages.error(request, str(error))
        return redirect(project)
    return redirect("studio_file", slug, path)


@require_safe
@never_cache
def raw(request: SignedInRequest, slug: str, path: str) -> HttpResponse:
    """The file as bytes, to be kept; never to be opened by the browser."""
    found: ProjectFile = get_object_or_404(project_of(request, slug).files, path=path)
    answer = HttpResponse(bytes(found.content), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{path.rpartition("/")[2]}"'
    return answer


def _revision(project: Project, path: str) -> int:
    """The file as it is: who deletes or renames means the file, whatever is in it by now."""
    return project.files.filter(path=path).values_list("revision", flat=True).first() or 0
