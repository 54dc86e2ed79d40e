"""JSON answers: which requests want one, and how a refusal looks."""

from collections.abc import AsyncIterator

from django.http import HttpRequest, JsonResponse, StreamingHttpResponse

JSON = "application/json"
STREAM = "text/event-stream"


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, which can do nothing with a page or a redirect."""
    accepted = request.headers.get("Accept", "")
    return request.content_type == JSON or accepted.startswith((JSON, STREAM))


def refusal(status: int, error: str, message: str, **details: object) -> JsonResponse:
    """An error as scripts get it: a code to act on and a sentence to show."""
    return JsonResponse({"error": error, "message": message, **details}, status=status)


def too_many(error: str, message: str, retry_after: int) -> JsonResponse:
    """A refusal that ends by itself, in so many seconds."""
    answer = refusal(429, error, message, retry_after=retry_after)
    answer["Retry-After"] = str(retry_after)
    return answer


def event_stream(frames: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """Server-sent events, as they come."""
    response = StreamingHttpResponse(frames, content_type=STREAM)
    response["Cache-Control"] = "no-store"
    # A proxy that gathers would hold back what is live.
    response["X-Accel-Buffering"] = "no"
    return response
