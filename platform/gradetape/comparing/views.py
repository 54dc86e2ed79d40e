"""The pages that set the candidates of an interview side by side."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.audit import log
from gradetape.comparing.candidates import Candidate, began, tasks_of
from gradetape.comparing.matches import choices_of, matches_of, published_choices, sides_of
from gradetape.comparing.report import reports_of
from gradetape.comparing.sheet import sheet_of
from gradetape.comparing.table import USUAL, columns_of, groups_of, heading, name_column, rows_of, sorted_by
from gradetape.interviews.access import interview_of
from gradetape.interviews.models import Interview, Task

FINISHED = "finished"


@require_safe
@never_cache
def compare(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Everybody who began. In the address: sort (a column, with - the highest first), show=finished."""
    interview, tasks, everybody = _asked(request, pk)
    _looked(request, interview, "candidates.compared")
    show = FINISHED if request.GET.get("show") == FINISHED else ""
    columns = columns_of(tasks)
    sort = sorted_by(request.GET.get("sort", USUAL), columns)
    headings = [heading(column, sort, show) for column in columns]
    context = {
        "interview": interview, "show": show, "sort": sort, "everybody": len(everybody),
        "rows": rows_of([one for one in everybody if not show or one.sitting.finished_at], columns, sort),
        "name_heading": heading(name_column(), sort, show), "groups": groups_of(headings, tasks),
        "first": headings[:1], "last": [one for one in headings[1:] if one.column.task is None],
        "matches": matches_of(interview, tasks, everybody),
    }  # fmt: skip
    return render(request, "interviews/compare.html", context)


@require_safe
@never_cache
def similar(request: SignedInRequest, pk: UUID, slug: str) -> HttpResponse:
    """What two candidates sent for a task, or one and what was published (?a=SITTING&b=SITTING or its name).

    Without both, they can be chosen.
    """
    interview = interview_of(request, pk)
    tasks = tasks_of(interview)
    task = next((one for one in tasks if one.challenge.slug == slug and one.version), None)
    if task is None:
        raise Http404
    everybody = began(interview, tasks, request.user)
    a, b = request.GET.get("a", ""), request.GET.get("b", "")
    sides = sides_of(task, everybody, a, b) if a and b else None
    if sides is None and a and b:
        raise Http404
    _looked(request, interview, "submissions.compared", f"task:{task.pk}")
    context = {
        "interview": interview, "task": task, "sides": sides, "a": a, "b": b,
        "choices": choices_of(task, everybody), "published": published_choices(task),
    }  # fmt: skip
    return render(request, "interviews/compare_similar.html", context)


@require_safe
@never_cache
def csv(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """A row for each candidate who began."""
    interview, tasks, everybody = _asked(request, pk)
    log.record(actor=request.user, action="csv.made", scope=interview.scope, candidates=len(everybody))
    name = slugify(interview.title) or "interview"
    return HttpResponse(
        sheet_of(interview, tasks, everybody),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-candidates.csv"'},
    )


@require_safe
@never_cache
def report(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """To be printed: all candidates, or ?candidate=SITTING; with ?code=no without what they wrote."""
    interview, tasks, everybody = _asked(request, pk)
    asked = request.GET.get("candidate", "")
    candidates: Sequence[Candidate] = [one for one in everybody if not asked or str(one.sitting.pk) == asked]
    if asked and not candidates:
        raise Http404
    _looked(request, interview, "report.made", f"sitting:{asked}" if asked else "")
    with_code = request.GET.get("code") != "no"
    context: dict[str, Any] = {
        "interview": interview, "asked": asked, "with_code": with_code,
        "reports": reports_of(tasks, candidates, with_code=with_code),
    }  # fmt: skip
    return render(request, "interviews/report.html", context)


def _asked(request: SignedInRequest, pk: UUID) -> tuple[Interview, list[Task], list[Candidate]]:
    """The interview, its tasks, and everybody who began. Raises Http404."""
    interview = interview_of(request, pk)
    tasks = tasks_of(interview)
    return interview, tasks, began(interview, tasks, request.user)


def _looked(request: SignedInRequest, interview: Interview, action: str, about: str = "") -> None:
    log.record_look(actor=request.user, action=action, scope=interview.scope, about=about)
