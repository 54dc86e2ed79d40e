"""Healthy means that every part is there, and waiting says for what."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from deploy.exceptions import LaunchError
from deploy.health import ask, judge, wait_until_healthy

WELL = {"status": "ok", "database": True, "redis": True, "workers": 1, "swept": 2}


def body(**changes: Any) -> bytes:
    return json.dumps(WELL | changes).encode()


@pytest.fixture
def site() -> Iterator[tuple[str, list[tuple[int, bytes]]]]:
    """An address, and the answers it will give in turn, the last one for ever."""
    answers: list[tuple[int, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/healthz", answers
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        (body(status="degraded", workers=0), "a worker"),
        (body(status="degraded", swept=None), "the first sweep (beat)"),
        (body(status="down", redis=False), "redis"),
        (b"<html>", "an answer from /healthz that can be read"),
        (b"[]", "an answer from /healthz that can be read"),
    ],
)
def test_it_names_what_is_missing(answer: bytes, missing: str) -> None:
    assert judge(answer) == (False, missing)


def test_it_waits_until_all_is_well(
    site: tuple[str, list[tuple[int, bytes]]], capsys: pytest.CaptureFixture[str]
) -> None:
    address, answers = site
    answers += [(503, body(status="down", database=False)), (200, body(status="degraded", workers=0)), (200, body())]
    wait_until_healthy(address, lambda: True, patience=20)
    assert capsys.readouterr().out.splitlines() == ["  waiting: database", "  waiting: a worker"]


def test_it_gives_up_and_says_on_what(site: tuple[str, list[tuple[int, bytes]]]) -> None:
    address, answers = site
    answers += [(200, body(status="degraded", workers=0))]
    with pytest.raises(LaunchError, match="a worker"):
        wait_until_healthy(address, lambda: True, patience=0.6)


def test_it_gives_up_at_once_when_a_part_has_stopped() -> None:
    with pytest.raises(LaunchError, match="stopped while starting"):
        wait_until_healthy("http://127.0.0.1:1/healthz", lambda: False)


def test_nobody_listening_is_not_healthy() -> None:
    assert ask("http://127.0.0.1:1/healthz") == (False, "the web server")
