"""The API put together, its OpenAPI document, and the page that shows it in our own look."""

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from gradetape.api import challenges, me, submissions
from gradetape.api.admission import admitted
from gradetape.api.problems import MEDIA_TYPE, Problem, ProblemOut, not_found, problem

PREFIX = "/api/"
VERSION = "1.0.0"
ABOUT = """The site for programs. Sign in with a token of your account: `Authorization: Bearer TOKEN`.
A browser's session works too; what changes something then needs the header `X-CSRFToken`.
Fields may be added to answers; none is taken away or changes its meaning within a version."""
PROBLEMS = {
    401: "No token, or one that is not valid.",
    404: "Nothing here that you can see.",
    422: "Something in the request is not of its shape; `errors` says what.",
    429: "Too many requests; the header Retry-After says how long to wait.",
}
# How ninja calls where something was sent; its senders know that.
PLACES = {"body", "query", "wanted", "paging"}

api = NinjaAPI(title="GradeTape", version=VERSION, description=ABOUT, openapi_url=None, docs_url=None)
api.add_router("", me.router)
api.add_router("challenges", challenges.router)
api.add_router("", submissions.router)


@api.exception_handler(Problem)
def said(request: HttpRequest, error: Problem) -> HttpResponse:
    """A problem that a view has raised."""
    return error.answer()


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Nothing there."""
    return not_found(request, error)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Each place that is not of its shape, with what was expected; never what was sent, which can be large."""
    errors = [
        {"where": ".".join(str(step) for step in one["loc"] if step not in PLACES) or "body",
         "message": one["msg"]}
        for one in error.errors
    ]  # fmt: skip
    told = "; ".join(f"{one['where']}: {one['message']}" for one in errors[:3])
    return problem(422, "not_valid", f"The request is not of its shape: {told}.", errors=errors)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja itself refuses: a body that is no JSON."""
    return problem(error.status_code, "not_json", "Expected a body in JSON, in UTF-8. What came can't be read as that.")


def operations() -> list[URLPattern]:
    """The addresses of the API, each behind its admission."""
    patterns: list[Any] = [pattern for pattern in api.urls[0] if getattr(pattern, "name", "") != "api-root"]
    for pattern in patterns:
        pattern.callback = admitted(pattern.callback)
    return patterns


@cache
def openapi() -> dict[str, Any]:
    """The OpenAPI document, with what all operations have in common."""
    document: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = ProblemOut.model_json_schema()
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
    }
    document["security"] = [{"token": []}, {"session": []}]
    document["servers"] = [{"url": settings.SITE_URL}]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _add_problems(path, method, operation)
    return document


def _add_problems(path: str, method: str, operation: dict[str, Any]) -> None:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = {status: words for status, words in PROBLEMS.items() if status != 404 or "{" in path}
    if method != "get":
        told[403] = "This token may only read, or the session came without its CSRF token."
    if method == "put":
        told[409] = "Changed meanwhile; `draft` is the newer one."
    if "requestBody" in operation:
        told[413] = "More than fits."
    responses = operation["responses"] = {str(code): value for code, value in operation["responses"].items()}
    for status, words in sorted(told.items()):
        responses[str(status)] = {"description": words, "content": content}
    if operation["operationId"] == "stream_events":
        responses["200"] = {"description": "The stream", "content": {"text/event-stream": {}}}


@require_safe
@login_not_required
def openapi_json(request: HttpRequest) -> JsonResponse:
    """The OpenAPI document."""
    return JsonResponse(openapi(), json_dumps_params={"indent": 1})


@require_safe
@login_not_required
def docs(request: HttpRequest) -> HttpResponse:
    """The document as a page: nothing on it comes from another host, and it runs no script of its own."""
    document = openapi()
    listed = [
        {"method": method.upper(), "path": path, "id": operation["operationId"], **_described(operation)}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    shapes = {name: _fields(shape) for name, shape in sorted(document["components"]["schemas"].items())}
    about = ABOUT.replace("`", "").split("\n")
    return render(request, "api/docs.html", {"operations": listed, "shapes": shapes, "about": about, "api": api})


def _described(operation: dict[str, Any]) -> dict[str, Any]:
    summary, _, rest = operation.get("description", "").partition("\n\n")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "summary": summary,
        "rest": rest,
        "parameters": [
            {
                "name": one["name"],
                "place": one["in"],
                "required": one.get("required", False),
                "words": one["schema"].get("description", ""),
                **_typed(one["schema"]),
            }
            for one in operation.get("parameters", [])
        ],
        "body": _typed(body) if body else None,
        "responses": [
            {"status": status, "words": one.get("description", ""), **_answered(one)}
            for status, one in sorted(operation["responses"].items())
        ],
    }


def _answered(response: dict[str, Any]) -> dict[str, Any]:
    kinds = response.get("content", {})
    media = next(iter(kinds), "")
    return {"media": media, **_typed(kinds.get(media, {}).get("schema", {}))}


def _fields(shape: dict[str, Any]) -> dict[str, Any]:
    required = shape.get("required", [])
    fields = [
        {"name": name, "required": name in required, **_typed(one)} for name, one in shape.get("properties", {}).items()
    ]
    return {"words": shape.get("description", ""), "fields": fields}


def _typed(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema in a few words; `shape` is the name of the shape that it is made of."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return {"type": name, "shape": name}
    if "anyOf" in schema:
        kinds = [_typed(one) for one in schema["anyOf"]]
        return {
            "type": " or ".join(one["type"] for one in kinds),
            "shape": next((k["shape"] for k in kinds if k["shape"]), ""),
        }
    if schema.get("type") == "array":
        inner = _typed(schema.get("items", {}))
        return {"type": f"list of {inner['type']}", "shape": inner["shape"]}
    if "enum" in schema:
        return {"type": " | ".join(map(str, schema["enum"])), "shape": ""}
    words = " ".join(filter(None, [schema.get("type", "anything"), _bounds(schema)]))
    return {"type": words, "shape": ""}


def _bounds(schema: dict[str, Any]) -> str:
    low, high, usual = (schema.get(key) for key in ("minimum", "maximum", "default"))
    bounds = f"{low} to {high}" if low is not None and high is not None else schema.get("format", "")
    return ", ".join(filter(None, [bounds, f"usually {usual}" if usual not in (None, "") else ""]))
