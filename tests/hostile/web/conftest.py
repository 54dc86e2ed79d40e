"""One server for all attacks from the web, and people who use it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.hostile.web.server import Server
from tests.hostile.web.visitor import Visitor

People = Callable[[str], Visitor]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    assert shutil.which("redis-server"), "redis-server is not installed"
    with Server() as running:
        yield running


@pytest.fixture(scope="session")
def people(server: Server) -> People:
    """Signs in through the form, once for each name; "nobody" is signed out and new each time."""
    known: dict[str, Visitor] = {}

    def somebody(name: str) -> Visitor:
        if name == "nobody":
            visitor = Visitor(server.proxied_port)
            visitor.ask("GET", "/accounts/login/")
            return visitor
        if name not in known:
            known[name] = Visitor(server.proxied_port)
            answer = known[name].sign_in(server.facts["emails"][name], server.facts["password"])
            assert (answer.status, answer.headers["location"]) == (302, "/dashboard/"), answer.text
            known[name].ask("GET", "/dashboard/")
        return known[name]

    return somebody
