"""The page of all challenges."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.catalog.listing import Filters, choices_of, page_of, totals_of
from gradetape.catalog.suggesting import suggestions_for


@dataclass(frozen=True)
class PageLink:
    """One page to go to; without a number it stands for those in between."""

    number: int | None
    address: str = ""
    is_current: bool = False


@require_safe
@never_cache
def catalogue(request: SignedInRequest) -> HttpResponse:
    """All challenges, with where one stands; what is asked for is in the address, so a list can be shared."""
    filters = Filters.of(request.GET)
    page, rows = page_of(request.user, filters, request.GET.get("page", "1"))
    is_plain = not filters.are_set and page.number == 1
    context = {
        **totals_of(request.user),
        "rows": rows,
        "page": page,
        "pages": links_of(page, filters),
        "previous": filters.address(page=page.previous_page_number()) if page.has_previous() else "",
        "next": filters.address(page=page.next_page_number()) if page.has_next() else "",
        "filters": filters,
        "choices": choices_of(request.user, filters),
        "suggestions": suggestions_for(request.user) if is_plain else [],
    }
    return render(request, "catalog/list.html", context)


def links_of(page: Page[Any], filters: Filters) -> list[PageLink]:
    """The first and the last page, the current one and its neighbours; none where all is on one page."""
    if page.paginator.num_pages == 1:
        return []
    return [
        PageLink(number, filters.address(page=number), number == page.number)
        if isinstance(number, int)
        else PageLink(None)
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    ]
