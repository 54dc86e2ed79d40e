"""Interviewers set interviews up here, and see how far their candidates are."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gradetape.accounts import sharing
from gradetape.accounts.http import SignedInRequest
from gradetape.audit import log
from gradetape.catalog.models import Challenge
from gradetape.interviews.access import interview_of, interviewers_only, submissions_of
from gradetape.interviews.actions import setup
from gradetape.interviews.exceptions import InterviewError
from gradetape.interviews.forms import MOST_TASKS, InterviewForm, InviteForm, Tasks, Windowed
from gradetape.interviews.keeping import Promise
from gradetape.interviews.models import Interview, Sitting
from gradetape.interviews.models.interview import INTERVIEWERS
from gradetape.interviews.naming import name_of
from gradetape.interviews.roster import roster_of
from gradetape.interviews.trail import done, facts_of, kept_facts, record_change

SPARE_ROWS = 3


@require_safe
@never_cache
@interviewers_only
def interviews(request: SignedInRequest) -> HttpResponse:
    """One's interviews and templates; with ?archived=1 those that were put away."""
    is_archive = request.GET.get("archived") == "1"
    mine = Interview.objects.visible_to(request.user).prefetch_related("tasks__challenge")
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
            return redirect(_saved(request, form.save(commit=False), rows.asked()))
        except InterviewError as error:
            messages.error(request, str(error))
    status = 400 if request.method == "POST" and not wants_rows else 200
    context = {
        "interview": interview, "form": form, "rows": rows, "most": MOST_TASKS, **_heading(interview),
        "challenges": Challenge.objects.visible_to(request.user).values_list("slug", "title"),
    }  # fmt: skip
    return render(request, "interviews/edit.html", context, status=status)


@transaction.atomic
def _saved(request: SignedInRequest, interview: Interview, asked: list[setup.Asked]) -> Interview:
    """Saved and written down. Raises NotADraft."""
    before = None if interview.is_new else kept_facts(interview)
    saved = setup.set_up(interview=interview, asked=asked, by=request.user)
    if before is None:
        log.record(actor=request.user, action="interview.created", scope=saved.scope, **facts_of(saved))
    else:
        record_change(actor=request.user, interview=saved, before=before)
    return saved


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
        with transaction.atomic():
            before = kept_facts(interview)
            setup.reword(interview=interview, rules=form.rules())
            record_change(actor=request.user, interview=interview, before=before)
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
        "interview": found, "tasks": tasks, "form": form or InviteForm(),
        "shared": sharing.shared_with(found.team.all(), found.teams.all(), INTERVIEWERS),
        "roster": roster_of(found, tasks), "keeping": Promise(found.keep_days, found.keep_then), **more,
    }  # fmt: skip
    return render(request, "interviews/interview.html", context, status=status)


@require_POST
def open_up(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """From a draft to an interview that people can be invited to."""
    found = interview_of(request, pk)
    with done(request, found, "interview.opened"):
        setup.open_up(interview=found)
    return redirect(found)


@require_POST
def archive(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Put it away."""
    found = interview_of(request, pk)
    with done(request, found, "interview.archived"):
        setup.archive(interview=found)
    return redirect(found)


@require_POST
def restore(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Bring it back."""
    found = interview_of(request, pk)
    with done(request, found, "interview.restored"):
        setup.bring_back(interview=found)
    return redirect(found)


@require_POST
def duplicate(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """A draft that asks the same, or with as=template a template."""
    found = interview_of(request, pk)
    as_template = request.POST.get("as") == "template"
    with transaction.atomic():
        copy = setup.duplicate(interview=found, by=request.user, as_template=as_template)
        log.record(actor=request.user, action="interview.duplicated", scope=found.scope, copy=str(copy.pk))
        log.record(actor=request.user, action="interview.created", scope=copy.scope, **facts_of(copy))
    return redirect(copy)


@require_POST
def share(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Share it with a colleague or a team."""
    found = interview_of(request, pk)
    with done(request, found, "team.added") as deed:
        deed.about = sharing.about(setup.share(interview=found, who=request.POST.get("who", "")))
    return redirect(found)


@require_POST
def remove_person(request: SignedInRequest, pk: UUID, user_id: int) -> HttpResponse:
    """Share it with somebody no longer."""
    found = interview_of(request, pk)
    with done(request, found, "team.removed", f"user:{user_id}"):
        setup.remove_person(interview=found, user_id=user_id)
    return _here_or_list(request, found)


@require_POST
def remove_team(request: SignedInRequest, pk: UUID, team_id: int) -> HttpResponse:
    """Share it with a team no longer."""
    found = interview_of(request, pk)
    with done(request, found, "team.removed", f"team:{team_id}"):
        setup.remove_team(interview=found, team_id=team_id)
    return _here_or_list(request, found)


def _here_or_list(request: SignedInRequest, found: Interview) -> HttpResponse:
    """Back to the interview; whoever took it from themselves goes back to their list."""
    is_still_mine = Interview.objects.visible_to(request.user).filter(pk=found.pk).exists()
    return redirect(found) if is_still_mine else redirect("interviews")


@require_safe
@never_cache
def submission(request: SignedInRequest, pk: UUID, submission_id: UUID) -> HttpResponse:
    """What a candidate sent and what came of it."""
    found = interview_of(request, pk)
    row = get_object_or_404(submissions_of(found), pk=submission_id)
    seat = Sitting.objects.select_related("invitation__interview", "candidate").get(candidate=row.candidate_id)
    log.record_look(actor=request.user, action="submission.seen", scope=found.scope, about=f"sitting:{seat.pk}")
    context = {
        "interview": found, "submission": row, "cases": row.cases.all(), "sitting": seat, "candidate": name_of(seat),
    }  # fmt: skip
    return render(request, "interviews/submission.html", context)
