"""The page where a team changes a task's rubric, and sees what was changed before."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gradetape.accounts.http import SignedInRequest
from gradetape.interviews.access import interview_of
from gradetape.interviews.models import Interview, Task
from gradetape.interviews.naming import names_of
from gradetape.reviews.actions.rubric import change_rubric
from gradetape.reviews.changes import changes_of
from gradetape.reviews.editions import rubrics_of, tasks_of
from gradetape.reviews.exceptions import RubricChanged
from gradetape.reviews.forms import RubricForm


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def rubric(request: SignedInRequest, pk: UUID, slug: str) -> HttpResponse:
    """One task's rubric. A draft has none yet: it comes with the version, which opening pins."""
    interview = interview_of(request, pk)
    task = next((one for one in tasks_of(interview) if one.challenge.slug == slug), None)
    if task is None:
        raise Http404
    if request.method == "POST" and task.version is not None:
        return _sent(request, interview, task)
    present = rubrics_of([task])[task.pk]
    return _page(request, interview, task, RubricForm.of(present.edition, present.criteria))


def _sent(request: SignedInRequest, interview: Interview, task: Task) -> HttpResponse:
    form = RubricForm.sent(request.POST)
    criteria = form.criteria()
    if criteria is None:
        return _page(request, interview, task, form, status=400)
    try:
        edition = change_rubric(task=task, by=request.user, based_on=form.based_on, criteria=criteria)
    except RubricChanged as error:
        form.based_on = rubrics_of([task])[task.pk].edition
        return _page(request, interview, task, form, trouble=str(error), status=409)
    if edition is None:
        messages.info(request, "Nothing was changed.")
    else:
        count = edition.rescorings.count()
        messages.success(request, f"Saved. {count} review{'' if count == 1 else 's'} rescored.")
    return redirect(request.path)


def _page(
    request: SignedInRequest, interview: Interview, task: Task, form: RubricForm, trouble: str = "", status: int = 200
) -> HttpResponse:
    invitations = interview.invitations.select_related("sitting__candidate")
    context = {
        "interview": interview, "task": task, "form": form, "rows": form.with_spare(), "trouble": trouble,
        "changes": changes_of(task, request.user), "names": names_of(interview, invitations),
    }  # fmt: skip
    return render(request, "interviews/rubric.html", context, status=status)
