"""JSON answers: which requests want one, and how a refusal looks."""

from django.http import HttpRequest, JsonResponse

JSON = "application/json"
STREAM = "text/event-stream"


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, which can do nothing with a page or a redirect."""
    accepted = request.headers.get("Accept", "")
    return request.content_type == JSON or accepted.startswith((JSON, STREAM))


def refusal(status: int, error: str, message: str, **details: object) -> JsonResponse:
    """An error as scripts get it: a code to act on and a sentence to show."""
    return JsonResponse({"error": error, "message": message, **details}, status=status)
