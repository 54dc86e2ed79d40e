"""The landing page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What GradeTape is, for somebody who isn't signed in; the dashboard for somebody who is."""
    if request.user.is_authenticated:
        return redirect("dashboard")
    return render(request, "pages/home.html")
