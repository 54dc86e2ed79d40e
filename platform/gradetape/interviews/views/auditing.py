"""The log of an interview, for its team."""

from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.interviews import auditing
from gradetape.interviews.access import interview_of

A_PAGE = 50


@require_safe
@never_cache
def audit(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Who did what and looked at what, the newest first; ?who= and ?what= choose."""
    found = interview_of(request, pk)
    who, what = request.GET.get("who", ""), request.GET.get("what", "")
    page = Paginator(auditing.entries(found, person=who, kind=what), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "interview": found, "page": page, "rows": auditing.rows(found, page.object_list), "who": who, "what": what,
        "people": auditing.people_of(found), "kinds": auditing.kinds_of(found),
        "filters": urlencode({"who": who, "what": what}),
    }  # fmt: skip
    return render(request, "interviews/audit.html", context)
