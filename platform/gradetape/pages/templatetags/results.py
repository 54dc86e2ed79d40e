"""The result panel, and what its scripts read from the page. Scripts get JSON, never code."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

register = template.Library()

UNSEEN = {"outcome": "waiting", "earned": None, "seconds": None}


def value(thing: Any, name: str) -> Any:
    """A key of a dict or an attribute of an object: rows come as either."""
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


def told(parts: Iterable[Any], results: Iterable[Any]) -> list[dict[str, Any]]:
    """The parts with a row for each case: what the package says of it and, where it has landed, how it went."""
    landed = {value(result, "case") or value(result, "id"): result for result in results}
    return [
        {
            "title": value(part, "title"),
            "points": value(part, "points"),
            "cases": [row(case, landed.get(value(case, "id"))) for case in value(part, "cases") or []],
        }
        for part in parts
    ]


def row(case: Any, result: Any) -> dict[str, Any]:
    """One case as the panel shows it."""
    fixed = {name: value(case, name) for name in ("id", "title", "points", "sample")}
    if result is None or not value(result, "outcome"):
        return {**fixed, **UNSEEN}
    return {**fixed, **{name: value(result, name) for name in UNSEEN}}


@register.inclusion_tag("submissions/results.html")
def results_panel(
    parts: Iterable[Any], results: Iterable[Any] = (), submission: Any = None, actions: bool = False
) -> dict[str, Any]:
    """The panel with every row in its place from the first paint on.

    `submission`: the one that is shown, with its verdict; `actions`: with Run, Submit and Cancel.
    """
    return {"parts": told(parts, results), "submission": submission, "actions": actions}


@register.filter
def seconds(took: float | None) -> str:
    """A duration as the panel's scripts write it."""
    if took is None:
        return ""
    return f"{max(1, round(took * 1000))} ms" if took < 1 else f"{took:.1f} s"


@register.filter
def points(number: float | None) -> str:
    """Points without a needless fraction; a dash where nothing was graded."""
    return "–" if number is None else f"{round(float(number), 1):g}"


@register.simple_tag
def followed_data(submission: Any) -> SafeString:
    """What a script needs in order to follow one submission."""
    return json_script(followed(submission), "followed")


@register.simple_tag
def also_followed_data(attempts: Iterable[Any], submission: Any) -> SafeString:
    """The same of the others that are under way, the oldest first."""
    others = [one for one in attempts if one.is_open and one.pk != getattr(submission, "pk", None)]
    return json_script([followed(one) for one in reversed(others)], "also-followed")


def followed(submission: Any) -> dict[str, str]:
    """Where the story of a submission is told, and what is said of it before the story begins."""
    address = submission.get_absolute_url()
    sent_at = submission.created_at.isoformat()
    return {
        "url": address, "events_url": f"{address}events/", "kind": submission.kind, "state": submission.state,
        "sent_at": sent_at,
    }  # fmt: skip


@register.simple_tag
def draft_data(draft: Any) -> SafeString:
    """The draft as the server keeps it."""
    return json_script({name: value(draft, name) for name in ("source", "revision", "saved_at")}, "draft")
