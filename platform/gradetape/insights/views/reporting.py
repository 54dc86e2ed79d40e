"""The candidate's side: reporting a case, and reading what the authors answered."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gradetape.accounts.http import SignedInRequest
from gradetape.insights import actions
from gradetape.insights.exceptions import AlreadyReported, ReportRefused, TooManyReports
from gradetape.insights.forms import ReportForm
from gradetape.insights.judging import may_report, result_of
from gradetape.submissions.models import Submission


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def report(request: SignedInRequest, pk: UUID, case: str) -> HttpResponse:
    """Say why a case of one's own submission looks right; what was said already, and the answer to it."""
    mine = Submission.objects.filter(candidate=request.user).select_related("version__challenge")
    submission = get_object_or_404(mine, pk=pk)
    made = submission.case_reports.filter(case=case).first()
    result = result_of(submission, case) if may_report(request.user, submission) else None
    if made is None and result is None:
        raise Http404
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.report(submission_id=pk, case=case, words=form.cleaned_data["words"], by=request.user)
            messages.success(request, "The authors will look at it, and answer beside your result.")
            return redirect(submission)
        except AlreadyReported as error:
            messages.error(request, str(error))
            return redirect(submission)
        except ReportRefused as error:
            form.add_error("words", str(error))
            return _page(request, submission, form, result, 429 if isinstance(error, TooManyReports) else 400)
    if made is not None:
        actions.note_seen(submission=submission, by=request.user)
    status = 400 if request.method == "POST" else 200
    return _page(request, submission, form, result, status, made=made)


def _page(
    request: SignedInRequest, submission: Submission, form: ReportForm, result: Any, status: int, made: Any = None
) -> HttpResponse:
    context = {"submission": submission, "form": form, "result": result, "report": made}
    return render(request, "insights/report.html", context, status=status)
