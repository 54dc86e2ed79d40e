"""Parts of lists."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from gradetape.api.schemas import Paging


def part_of(
    request: HttpRequest, asked: Paging, total: int, items: Iterable[Any], shown: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """The page that was asked for, out of `total`; `items` are those on it."""
    following = None
    if asked.page * asked.size < total:
        query = {**request.GET.dict(), "page": asked.page + 1, "size": asked.size}
        following = request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
    rows = [shown(item) for item in items]
    return {"items": rows, "total": total, "page": asked.page, "size": asked.size, "next": following}


def window(asked: Paging) -> slice:
    """Where in the list the page lies."""
    return slice((asked.page - 1) * asked.size, asked.page * asked.size)
