"""Reports as the authors of the site read and answer them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.audit import log
from gradetape.authoring.access import authors_only
from gradetape.insights import actions
from gradetape.insights.exceptions import AlreadyAnswered, ReportRefused
from gradetape.insights.forms import AnswerForm
from gradetape.insights.models import CaseReport, ReportOutcome, ReportState
from gradetape.insights.turning import turned_by
from gradetape.insights.views.learning import challenge_of

PAGE = 25


@require_safe
@never_cache
@authors_only
def reports(request: SignedInRequest, slug: str) -> HttpResponse:
    """All reports on a challenge: the open ones first, and of each kind the newest."""
    challenge = challenge_of(slug)
    first = Case(When(state=ReportState.OPEN, then=Value(0)), default=Value(1))
    listed = CaseReport.objects.filter(version__challenge=challenge).select_related("version")
    small = listed.only(
        "case", "judged", "words", "created_at", "state", "outcome", "version__number", "submission"
    )  # fmt: skip
    page = Paginator(small.order_by(first, "-created_at"), PAGE).get_page(request.GET.get("page"))
    context = {"challenge": challenge, "page": page, "turned": turned_by(page.object_list)}
    return render(request, "insights/reports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@authors_only
def report(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """One report with the code that it is about; POST answers it."""
    listed = CaseReport.objects.select_related("version__challenge", "submission", "answered_by")
    found = get_object_or_404(listed, version__challenge=challenge_of(slug), pk=pk)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome, words = ReportOutcome(form.cleaned_data["outcome"]), form.cleaned_data["words"]
        try:
            actions.answer(report=found, outcome=outcome, words=words, by=request.user)
            messages.success(request, "The candidate reads your answer beside their result.")
            return redirect("studio_reports", slug)
        except AlreadyAnswered as error:
            messages.error(request, str(error))
            return redirect(found)
        except ReportRefused as error:
            form.add_error("words", str(error))
    log.record_look(actor=request.user, action="report.read", scope=actions.scope_of(slug), about=f"report:{found.pk}")
    context = {
        "challenge": found.version.challenge, "report": found, "form": form, "turned": turned_by([found]).get(found.pk),
    }  # fmt: skip
    return render(request, "insights/answer.html", context, status=400 if form.errors else 200)
