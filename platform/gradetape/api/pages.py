"""The pages on which people make and revoke their tokens."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gradetape.accounts.freshness import fresh_sign_in_required
from gradetape.accounts.http import SignedInRequest
from gradetape.api.forms import TokenForm
from gradetape.api.models import ApiToken, Scope
from gradetape.api.tokens import Made, TokenError, make_token, revoke_token


@require_safe
def tokens(request: SignedInRequest) -> HttpResponse:
    """One's tokens, and what they were used for last."""
    return render(request, "accounts/tokens.html", {"tokens": ApiToken.objects.visible_to(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def new_token(request: SignedInRequest) -> HttpResponse:
    """Make a token. The answer is the one place where its text is ever shown, so it is no redirect."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    made = _made(request, form) if form.is_valid() else None
    if made:
        server = f"{request.scheme}://{request.get_host()}"
        return render(request, "accounts/token_made.html", {"made": made, "server": server})
    return render(request, "accounts/token_new.html", {"form": form}, status=422 if form.errors else 200)


def _made(request: SignedInRequest, form: TokenForm) -> Made | None:
    asked = form.cleaned_data
    try:
        return make_token(user=request.user, name=asked["name"], scope=Scope(asked["scope"]), days=form.days)
    except TokenError as error:
        form.add_error("name", str(error))
        return None


@require_POST
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a token back."""
    if not revoke_token(user=request.user, token_id=pk):
        raise Http404
    messages.success(request, "That token opens nothing any more.")
    return redirect("account_tokens")
