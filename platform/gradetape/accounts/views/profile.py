"""Who one is here."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from gradetape.accounts.forms import ProfileForm
from gradetape.accounts.http import SignedInRequest
from gradetape.accounts.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Name and time zone; beside them one's role and teams."""
    if request.method == "POST":
        # A row of its own: a form writes what was typed into its row, and the page still shows who is signed in.
        form = ProfileForm(request.POST, instance=User.objects.get(pk=request.user.pk))
        if form.is_valid():
            form.save()
            messages.success(request, "Your profile is saved.")
            return redirect("account_profile")
    else:
        form = ProfileForm(instance=request.user)
    context = {"form": form, "teams": request.user.teams.all()}
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@require_safe
def again(request: SignedInRequest) -> HttpResponse:
    """Asks somebody without a password here to sign in at the company's once more; then they go on to `next`."""
    following = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        following = ""
    return render(request, "accounts/again.html", {"following": following or reverse("account_data")})
