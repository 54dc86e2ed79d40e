"""Errors as programs get them: problem+json (RFC 9457) with a code to act on and a sentence to read."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Schema

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "Not understood", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 405: "Not offered here",
    409: "Changed meanwhile", 413: "Too large", 422: "Not valid", 429: "Too many requests", 500: "Our fault",
}  # fmt: skip


class ProblemOut(Schema):
    """How every error looks. Some carry more: `errors` with 422, `draft` with 409, `retry_after` with 429."""

    type: str
    title: str
    status: int
    code: str
    detail: str


class Problem(Exception):
    """An answer other than the one that was asked for."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.more = status, code, detail, more

    def answer(self) -> JsonResponse:
        """The problem as a response."""
        return problem(self.status, self.code, self.detail, **self.more)


def problem(status: int, code: str, detail: str, **more: Any) -> JsonResponse:
    """The response that says so; `retry_after` is said in its header as well."""
    content = {"type": "about:blank", "title": TITLES[status], "status": status, "code": code, "detail": detail}
    answer = JsonResponse({**content, **more}, status=status, content_type=MEDIA_TYPE)
    if "retry_after" in more:
        answer["Retry-After"] = str(more["retry_after"])
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="GradeTape"'
    return answer


def is_for_api(request: HttpRequest) -> bool:
    """Whether errors of this request are to be problems."""
    return request.path.startswith("/api/")


def not_found(request: HttpRequest, error: Exception) -> HttpResponse:
    """404, also for what belongs to somebody else."""
    return problem(404, "not_found", "There is nothing here that you can see.")
