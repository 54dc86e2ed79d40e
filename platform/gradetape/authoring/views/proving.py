"""The page of a proof: started, watched, cancelled, and read cell by cell."""

from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from grader.exceptions import PackageError
from grader.validation.report import REFERENCE_CPU_SECONDS
from gradetape.accounts.http import SignedInRequest
from gradetape.answers import event_stream
from gradetape.authoring.access import project_of
from gradetape.authoring.exceptions import AuthoringError
from gradetape.authoring.files import package_of
from gradetape.authoring.models import Project, Proof, ProofKind
from gradetape.authoring.models.proof import MUTANT
from gradetape.authoring.proofs import mutating, starting, story
from gradetape.authoring.proofs.judging import problems_of, uncaught_of
from gradetape.authoring.proofs.matrix import Matrix, Row
from gradetape.authoring.proofs.measuring import NATURAL, advice_of
from gradetape.submissions.story import EventId
from gradetape.submissions.streaming import frames_of

EARLIER = 10


@require_safe
@never_cache
def proof(request: SignedInRequest, slug: str) -> HttpResponse:
    """The newest proof of a project, or the one that ?proof= names."""
    project = project_of(request, slug)
    proofs = project.proofs.listed().select_related("started_by")
    shown = _named(project, request.GET["proof"]) if "proof" in request.GET else project.proofs.first()
    context: dict[str, Any] = {"project": project, "proof": shown, "earlier": proofs[:EARLIER]}
    try:
        digest = package_of(project).digest
        context["is_current"] = shown is not None and digest == shown.digest
    except PackageError as error:
        context["unreadable"] = str(error)
    if shown is not None:
        shown.project = project
        context |= _shown(shown)
    return render(request, "studio/proof.html", context)


def _named(project: Project, wanted: str) -> Proof:
    try:
        return get_object_or_404(project.proofs, pk=UUID(wanted))
    except ValueError as error:
        raise Http404 from error


def _shown(found: Proof) -> dict[str, Any]:
    """What the page shows of a proof."""
    # First, so that what lands meanwhile is told again rather than lost.
    position = story.position_of(found)
    matrix, package = story.matrix_of(found), found.package
    idle = matrix.idle()
    cpu = [tried.cpu_s for row in _kind(matrix, "reference") for one in row.trials if (tried := one.result)]
    return {
        "position": position,
        "matrix": matrix,
        "columns": [(case, matrix.column(case.id, idle)) for case in matrix.cases],
        "figures": matrix.figures(),
        "problems": problems_of(found, matrix),
        "uncaught": uncaught_of(found, matrix),
        "mutants": len(_kind(matrix, MUTANT)),
        "adopted": set(found.project.files.values_list("path", flat=True)),
        "idle": [case for case in matrix.cases if case.id in idle],
        "advice": advice_of(found, matrix),
        "is_measured": NATURAL in found.measured,
        "cpu": sorted(cpu)[len(cpu) // 2] if cpu else None,
        "cpu_limit": package.limits.cpu_seconds,
        "cpu_budget": REFERENCE_CPU_SECONDS,
    }


def _kind(matrix: Matrix, kind: str) -> list[Row]:
    return [row for row in matrix.rows.values() if row.kind == kind]


@require_POST
def prove(request: SignedInRequest, slug: str) -> HttpResponse:
    """Start a proof: quick or full. An unchanged package shows the proof that there is, unless asked `again`."""
    project = project_of(request, slug)
    kind = ProofKind.FULL if request.POST.get("kind") == ProofKind.FULL else ProofKind.QUICK
    try:
        begun = starting.start(project=project, kind=kind, by=request.user, again="again" in request.POST)
    except (AuthoringError, PackageError) as error:
        messages.error(request, str(error))
        return redirect("studio_proof", project.slug)
    if not begun.is_open:
        messages.info(request, "Nothing has changed since this proof, so nothing was tried again.")
    return redirect(begun)


@require_POST
def cancel(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """Stop a proof; what was tried stays."""
    project = project_of(request, slug)
    found = get_object_or_404(project.proofs, pk=pk)
    starting.cancel(proof=found, by=request.user)
    return redirect(found)


@require_POST
def adopt(request: SignedInRequest, slug: str, pk: UUID, position: int) -> HttpResponse:
    """Make a mutant a rejected submission, and open it in the editor, where its first line waits to be filled."""
    project = project_of(request, slug)
    found = get_object_or_404(project.proofs, pk=pk)
    trial = get_object_or_404(found.trials, position=position, kind=MUTANT)
    try:
        path = mutating.adopt(proof=found, trial=trial, by=request.user)
    except AuthoringError as error:
        messages.error(request, str(error))
        return redirect(found)
    messages.info(request, "Say behind `caught by:` which case has to catch it, and write that case if there is none.")
    return redirect("studio_file", project.slug, path)


@require_safe
@never_cache
def cell(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """What one solution did in one case, seed by seed: a piece of the page."""
    project = project_of(request, slug)
    found = get_object_or_404(project.proofs, pk=pk)
    kind, _, name = request.GET.get("row", "").partition("/")
    trials = list(found.trials.filter(kind=kind, name=name).defer("source"))
    case = next((one for one in found.package.cases if one.id == request.GET.get("case")), None)
    if not trials or case is None:
        raise Http404
    row = next(iter(Matrix([case], trials).rows.values()))
    seen = [
        (trial, tried, tried.cases[case.id] if tried and case.id in tried.cases else None)
        for trial in trials
        if trial.only is None or case.id in trial.only
        for tried in [trial.result]
    ]
    context = {"project": project, "row": row, "case": case, "cell": row.cell(case.id), "seen": seen}
    return render(request, "studio/proof_cell.html", context)


@require_safe
@never_cache
def state(request: SignedInRequest, slug: str, pk: UUID) -> HttpResponse:
    """What the stream tells, for those who ask again and again."""
    project = project_of(request, slug)
    found = get_object_or_404(project.proofs.only("pk"), pk=pk)
    snapshot = story.look(found.pk, EventId.parse(request.GET.get("after", "")))
    if snapshot is None:
        raise Http404
    return JsonResponse(snapshot.public())


@require_GET
async def events(request: SignedInRequest, slug: str, pk: UUID) -> StreamingHttpResponse:
    """The live stream. It goes on after Last-Event-ID, which a browser sends when it reconnects, or after ?after=."""
    await request.auser()
    await sync_to_async(_visible)(request, slug, pk)
    after = EventId.parse(request.headers.get("Last-Event-ID") or request.GET.get("after", ""))
    return event_stream(frames_of(story.key_of(pk), lambda seen: story.look(pk, seen), after))


def _visible(request: SignedInRequest, slug: str, pk: UUID) -> None:
    """Raises Http404 where somebody has no such proof."""
    get_object_or_404(project_of(request, slug).proofs.only("pk"), pk=pk)
