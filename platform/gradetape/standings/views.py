"""The dashboard, and its live list of submissions."""

import msgspec
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.answers import event_stream
from gradetape.standings import live
from gradetape.standings.overview import overview_of


@require_safe
@never_cache
def dashboard(request: SignedInRequest) -> HttpResponse:
    """Where one stands, and what to go on with."""
    return render(request, "dashboard/home.html", overview_of(request.user))


@require_safe
@never_cache
def recent(request: SignedInRequest) -> HttpResponse:
    """The rows of the newest submissions, for those who ask again and again."""
    rows = live.recent_rows(request.user.pk, {})
    return HttpResponse(msgspec.json.encode({"rows": rows}), content_type="application/json")


@require_GET
async def events(request: SignedInRequest) -> StreamingHttpResponse:
    """The same rows as they change, over one stream, while any of them is under way."""
    user = await request.auser()
    assert user.pk is not None
    return event_stream(live.frames(user.pk))
