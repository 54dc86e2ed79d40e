"""Every address of the site, from the URL resolver itself, so that none can be forgotten."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

SAMPLES: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "addresses.toml").read_text())
ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """One pattern. `owner` is "all" for what carries no id; see addresses.toml for the others.

    `only` is the one method that is taken there, where GET shows nothing.
    """

    route: str
    name: str
    owner: str
    path: str
    only: str = ""


def addresses() -> list[Address]:
    """All patterns, each with a path that leads to it. Raises KeyError for one that addresses.toml does not know."""
    return [_described(route, pattern) for route, pattern in _patterns(get_resolver(), "")]


def unknown() -> list[str]:
    """The routes that carry an id and are not in addresses.toml."""
    missing = []
    for route, pattern in _patterns(get_resolver(), ""):
        try:
            _described(route, pattern)
        except KeyError:
            missing.append(route)
    return missing


def _patterns(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, route)
        else:
            yield route, pattern


def _described(route: str, pattern: URLPattern) -> Address:
    name = pattern.name or ""
    in_admin = route.startswith("admin/")
    carries_id = isinstance(pattern.pattern, RegexPattern) or "<" in route
    if not carries_id:
        return Address(route, name, "admin" if in_admin else "all", f"/{route}")
    if in_admin:
        ids = SAMPLES["admin"]["ids"]
        if isinstance(pattern.pattern, RegexPattern):
            last = next(iter(pattern.pattern.regex.groupindex))
            return Address(route, name, "admin", f"/admin/{ids[last]}/")
        return Address(route, name, "admin", "/" + ARGUMENT.sub(lambda found: ids[found[1]], route))
    sample = SAMPLES[name]
    return Address(route, name, sample["owner"], f"/{sample['path']}", sample.get("only", ""))
