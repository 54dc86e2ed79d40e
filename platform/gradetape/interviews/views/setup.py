"""Interviewers set interviews up here, and see how far their candidates are."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.catalog.models import Challenge
from gradetape.interviews.access import interview_of, interviewers_only
from gradetape.interviews.actions import setup
from gradetape.interviews.exceptions import InterviewError
from gradetape.interviews.forms import MOST_TASKS, InterviewForm, InviteForm, Tasks, Windowed
from gradetape.interviews.models import Interview, Sitting
from gradetape.interviews.progress import candidates_of
from gradetape.submissions.models import Submission

SPARE_ROWS = 3


@require_safe
@never_cache
@interviewers_only
def interviews(request: SignedInRequest) -> HttpResponse:
    """One's interviews and templates; with ?archived=1 those that were put away."""
    is_archive = request.GET.get("archived") == "1"
    mine = Interview.objects.visible_to(request.user).prefetch_related("tasks__challenge", "team")
    rows = [one for one in mine.with_counts() if one.is_archived == is_archive]
    context = {
        "interviews": [one for one in rows if not one.is_template],
        "templates": [one for one in rows if one.is_template],
        "is_archive": is_archive,
    }
    return render(request, "interviews/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@interviewers_only
def new(request: SignedInRequest) -> HttpResponse:
    """Set up an interview from nothing."""
    return _edited(request, Interview())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Change a draft; of an open interview the title and the window."""
    found = interview_of(request, pk)
    return _edited(request, found) if found.is_draft else _reworded(request, found)


def _edited(request: SignedInRequest, interview: Interview) -> HttpResponse:
    wants_rows = "more" in request.POST
    form = InterviewForm(request.POST or None, instance=interview)
    rows = _rows(request, interview, grow=wants_rows)
    if request.method == "POST" and not wants_rows and form.is_valid() and rows.is_valid():
        try:
            saved = setup.set_up(interview=form.save(commit=False), asked=rows.asked(), by=request.user)
        except InterviewError as error:
            messages.error(request, str(error))
        else:
            return redirect(saved)
    status = 400 if request.method == "POST" and not wants_rows else 200
    context = {
        "interview": interview, "form": form, "rows": rows, "most": MOST_TASKS, **_heading(interview),
        "challenges": Challenge.objects.visible_to(request.user).values_list("slug", "title"),
    }  # fmt: skip
    return render(request, "interviews/edit.html", context, status=status)


def _heading(interview: Interview) -> dict[str, Any]:
    back = reverse("interviews") if interview.is_new else interview.get_absolute_url()
    return {"is_new": interview.is_new, "back": back}


def _rows(request: SignedInRequest, interview: Interview, *, grow: bool) -> Any:
    """The challenges as rows: those that were sent, or those that are kept and some to spare."""
    extra: dict[str, Any] = {"form_kwargs": {"user": request.user}, "prefix": "tasks"}
    if request.method == "POST" and not grow:
        return Tasks(request.POST, **extra)
    if grow:
        sent = Tasks(request.POST, **extra)
        kept = [{"challenge": form["challenge"].value(), "weight": form["weight"].value()} for form in sent.forms]
    else:
        tasks = interview.tasks.select_related("challenge") if not interview.is_new else []
        kept = [{"challenge": task.challenge.slug, "weight": task.weight} for task in tasks]
    spare = [{"weight": 1}] * min(SPARE_ROWS, MOST_TASKS - len(kept))
    return Tasks(initial=[*kept, *spare], **extra)


def _reworded(request: SignedInRequest, interview: Interview) -> HttpResponse:
    form = Windowed(request.POST or None, instance=interview)
    if request.method == "POST" and form.is_valid():
        setup.reword(interview=interview, **form.cleaned_data)
        return redirect(interview)
    context = {"interview": interview, "form": form, **_heading(interview)}
    return render(request, "interviews/edit.html", context, status=400 if form.errors else 200)


@require_safe
@never_cache
def interview(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """All about one interview: what it asks, who was invited, how far they are."""
    return interview_page(request, interview_of(request, pk))


def interview_page(
    request: SignedInRequest, found: Interview, *, form: InviteForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """The page of an interview, with what a form on it has to say."""
    tasks = list(found.tasks.select_related("challenge", "version"))
    context = {
        "interview": found, "tasks": tasks, "team": found.team.all(), "candidates": candidates_of(found, tasks),
        "form": form or InviteForm(), **more,
    }  # fmt: skip
    return render(request, "interviews/interview.html", context, status=status)


@require_POST
def open_up(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """From a draft to an interview that people can be invited to."""
    return _done(request, pk, lambda found: setup.open_up(interview=found))


@require_POST
def archive(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Put it away."""
    return _done(request, pk, lambda found: setup.archive(interview=found))


@require_POST
def restore(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Bring it back."""
    return _done(request, pk, lambda found: setup.bring_back(interview=found))


@require_POST
def duplicate(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """A draft that asks the same, or with as=template a template."""
    found = interview_of(request, pk)
    as_template = request.POST.get("as") == "template"
    return redirect(setup.duplicate(interview=found, by=request.user, as_template=as_template))


@require_POST
def add_to_team(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Share it with a colleague."""
    return _done(request, pk, lambda found: setup.add_to_team(interview=found, email=request.POST.get("email", "")))


@require_POST
def remove_from_team(request: SignedInRequest, pk: UUID, user_id: int) -> HttpResponse:
    """Share it with somebody no longer; whoever removes themselves goes back to their list."""
    answer = _done(request, pk, lambda found: setup.remove_from_team(interview=found, user_id=user_id))
    is_still_mine = Interview.objects.visible_to(request.user).filter(pk=pk).exists()
    return answer if is_still_mine else redirect("interviews")


def _done(request: SignedInRequest, pk: UUID, do: Callable[[Interview], object]) -> HttpResponse:
    """Do it and go back to the interview's page, which says so when it was refused."""
    found = interview_of(request, pk)
    try:
        do(found)
    except InterviewError as error:
        messages.error(request, str(error))
    return redirect(found)


@require_safe
@never_cache
def submission(request: SignedInRequest, pk: UUID, submission_id: UUID) -> HttpResponse:
    """What a candidate sent and what came of it."""
    found = interview_of(request, pk)
    sittings = Sitting.objects.filter(invitation__interview=found)
    sent = Submission.objects.filter(candidate__in=sittings.values("candidate")).select_related("version__challenge")
    row = get_object_or_404(sent, pk=submission_id)
    context = {"interview": found, "submission": row, "cases": row.cases.all(), "candidate": row.candidate}
    return render(request, "interviews/submission.html", context)
