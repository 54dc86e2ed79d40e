"""What is kept of somebody: to take along, and to delete."""

from django.contrib import messages
from django.contrib.auth import logout
from django.core.cache import cache
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from redis.exceptions import RedisError

from gradetape.accounts.exceptions import LastAdministrator
from gradetape.accounts.export import files
from gradetape.accounts.forms import DeleteForm
from gradetape.accounts.freshness import fresh_sign_in_required
from gradetape.accounts.http import SignedInRequest
from gradetape.accounts.leaving import delete_account
from gradetape.accounts.packing import streamed
from gradetape.submissions.models import Draft, Submission

EXPORT_EVERY_SECONDS = 60


@require_safe
def data(request: SignedInRequest) -> HttpResponse:
    """What there is, and the ways to get it and to be rid of it."""
    counts = {
        "submission_count": Submission.objects.filter(candidate=request.user).count(),
        "draft_count": Draft.objects.visible_to(request.user).count(),
    }
    return render(request, "accounts/data.html", counts)


@require_POST
def export(request: SignedInRequest) -> HttpResponseBase:
    """The zip, made while it is sent."""
    if not _may_export(request.user.pk):
        messages.warning(request, "Your data was just exported. Wait a minute before you ask for it again.")
        return redirect("account_data")
    answer = StreamingHttpResponse(streamed(files(request.user)), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="gradetape-{timezone.localdate():%Y-%m-%d}.zip"'
    return answer


def _may_export(user_id: int) -> bool:
    """Once a minute: it reads all that somebody has. Without Redis nobody counts."""
    try:
        return bool(cache.add(f"export:{user_id}", 1, timeout=EXPORT_EVERY_SECONDS))
    except RedisError:
        return True


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def delete(request: SignedInRequest) -> HttpResponse:
    """Delete the account, by whoever has just shown that it is theirs."""
    form = DeleteForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        try:
            delete_account(user=request.user)
        except LastAdministrator as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            messages.success(request, "Your account and everything in it has been deleted.")
            return redirect("home")
    return render(request, "accounts/delete.html", {"form": form}, status=422 if form.errors else 200)
