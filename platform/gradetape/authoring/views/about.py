"""challenge.toml as a form: what is typed in the editor is here, and what is chosen here stands in the editor."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gradetape.accounts.http import SignedInRequest
from gradetape.authoring import describing, files
from gradetape.authoring.access import project_of
from gradetape.authoring.describing import ROWS, NotReadable
from gradetape.authoring.exceptions import AuthoringError, FileConflict
from gradetape.authoring.forms import ROW_SETS, About, rows_of
from gradetape.authoring.models import Project, ProjectFile

FILE = "challenge.toml"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def about(request: SignedInRequest, slug: str) -> HttpResponse:
    """Show and change what the challenge says of itself."""
    project = project_of(request, slug)
    file = get_object_or_404(project.files, path=FILE)
    try:
        shown = describing.read(file.text)
    except NotReadable as error:
        messages.error(request, str(error))
        return redirect("studio_file", slug, FILE)
    if request.method == "POST":
        return _changed(request, project, file)
    form = About(initial=_initial(shown))
    sets = {name: ROW_SETS[name](initial=shown[name], prefix=name) for name in ROWS}
    return _page(request, project, form, sets, file.revision)


def _changed(request: SignedInRequest, project: Project, file: ProjectFile) -> HttpResponse:
    form = About(request.POST)
    sets = {name: ROW_SETS[name](request.POST, prefix=name) for name in ROWS}
    revision = request.POST.get("revision", "")
    seen = int(revision) if revision.isdecimal() else 0
    if "more" in request.POST:
        return _page(request, project, *_grown(request, sets), seen)
    if not form.is_valid() or not all(one.is_valid() for one in sets.values()):
        return _page(request, project, form, sets, seen, status=400)
    try:
        # On top of the revision that the form shows, or the places of its rows would be those of another text.
        if file.revision != seen:
            raise FileConflict(
                "challenge.toml was changed elsewhere since you opened this form. Nothing is overwritten."
            )
        shown = form.shown() | {name: rows_of(sets[name], name) for name in ROWS}
        text = describing.written(file.text, shown)
        files.write(project=project, path=FILE, content=text.encode(), by=request.user, revision=seen, keep=True)
    except AuthoringError as error:
        messages.error(request, str(error))
        return _page(request, project, form, sets, seen, status=409, is_stale=isinstance(error, FileConflict))
    messages.success(request, "challenge.toml says so now.")
    return redirect("studio_about", project.slug)


def _grown(request: SignedInRequest, sets: dict[str, Any]) -> tuple[About, dict[str, Any]]:
    """The same with one more empty row where it was asked for; nothing is saved."""
    wanted = request.POST["more"]
    grown: dict[str, Any] = {}
    for name, one in sets.items():
        rows = [{field: form[field].value() for field in form.fields} for form in one.forms]
        grown[name] = ROW_SETS[name](initial=[*rows, {}] if name == wanted else rows, prefix=name)
    return About(initial={name: request.POST.get(name, "") for name in About.base_fields}), grown


def _page(
    request: SignedInRequest, project: Project, form: About, sets: dict[str, Any], revision: int, *,
    status: int = 200, is_stale: bool = False,
) -> HttpResponse:  # fmt: skip
    context = {"project": project, "form": form, "sets": sets, "revision": revision, "is_stale": is_stale}
    return render(request, "studio/about.html", context, status=status)


def _initial(shown: dict[str, Any]) -> dict[str, Any]:
    plain = shown["plain"]
    topics = plain.get("topics")
    return {
        **plain, **shown["limits"],
        "topics": ", ".join(str(one) for one in topics) if isinstance(topics, list) else "",
        "calls": "\n".join(str(one) for one in shown["calls"]),
    }  # fmt: skip
