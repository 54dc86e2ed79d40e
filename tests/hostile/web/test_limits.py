"""Too much at once: bodies, submissions, connections. Who sends too much is refused, and nobody else notices."""

from __future__ import annotations

import gzip
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.hostile.web.conftest import People
from tests.hostile.web.server import HOST, Server
from tests.hostile.web.visitor import Visitor

MEGABYTE = 1024 * 1024
UPLOAD = 100 * MEGABYTE
# Where nobody counts, an endless upload is given up after this much.
MOST = 32 * MEGABYTE
GROWTH = 48 * MEGABYTE
PATHS = ("/accounts/login/", "/challenges/markup/draft/", "/challenges/markup/submissions/", "/nothing/")


def head(path: str, *lines: str, method: str = "POST", visitor: Visitor | None = None) -> bytes:
    """The head of an upload, with a person's cookies and token."""
    sent = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "X-Forwarded-Proto: https", *lines]
    if visitor:
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        sent += [f"Cookie: {cookies}", f"X-CSRFToken: {visitor.token}", f"Referer: https://{HOST}/"]
    return ("\r\n".join(sent) + "\r\n\r\n").encode()


def upload(port: int, request: bytes, piece: bytes, most: int) -> tuple[int, bytes]:
    """Send the head and then piece after piece, until the server answers. (bytes sent, the answer's first line)."""
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        connection.settimeout(0.05)
        answer = b""
        while sent < most and not answer:
            with suppress(TimeoutError):
                sent += connection.send(piece)
            with suppress(TimeoutError, ConnectionResetError):
                answer = connection.recv(4096)
        connection.settimeout(30)
        with suppress(ConnectionResetError, BrokenPipeError):
            answer = answer or connection.recv(4096)
    return sent, answer.partition(b"\r\n")[0]


@pytest.mark.parametrize("path", PATHS)
def test_an_upload_that_says_its_size_is_refused_before_it_comes(server: Server, people: People, path: str) -> None:
    request = head(path, f"Content-Length: {UPLOAD}", "Content-Type: application/json", visitor=people("bob"))
    _, answer = upload(server.proxied_port, request, b"", 1)
    assert b" 413 " in answer


@pytest.mark.parametrize("path", PATHS)
def test_an_upload_in_chunks_is_cut_off(server: Server, people: People, path: str) -> None:
    before = server.memory()
    lines = ("Transfer-Encoding: chunked", "Content-Type: application/octet-stream")
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    sent, answer = upload(server.proxied_port, head(path, *lines, visitor=people("bob")), chunk, MOST)
    assert b" 413 " in answer or (path == "/nothing/" and b" 404 " in answer), answer
    # What is sent beyond the limit lies in the buffers of both sockets; the server has read none of it.
    assert sent < 16 * MEGABYTE
    assert server.memory() - before < GROWTH


def test_a_form_of_parts_with_a_large_file_is_cut_off(server: Server, people: People) -> None:
    lines = ("Transfer-Encoding: chunked", "Content-Type: multipart/form-data; boundary=b")
    opening = b'--b\r\nContent-Disposition: form-data; name="f"; filename="../../x.py"\r\n\r\n'
    first = head("/accounts/signup/", *lines, visitor=people("bob")) + f"{len(opening):x}\r\n".encode() + opening
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    _, answer = upload(server.proxied_port, first + b"\r\n", chunk, MOST)
    assert b" 413 " in answer


def test_a_gzip_bomb_is_not_unpacked(server: Server, people: People) -> None:
    bomb = gzip.compress(b'{"source": "' + b"x" * UPLOAD, compresslevel=9)
    assert len(bomb) < 512 * 1024
    before = server.memory()
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert people("bob").ask("POST", "/challenges/markup/submissions/", bomb, headers).status == 400
    assert server.memory() - before < GROWTH


def test_a_burst_of_submissions_is_slowed_down_and_nobody_else_notices(server: Server, people: People) -> None:
    dora, bob = people("dora"), people("bob")
    body = {"source": "pass", "kind": "submit"}

    def send(_: int) -> int:
        same = Visitor(server.proxied_port, dict(dora.cookies), token=dora.token)
        return same.send("/challenges/markup/submissions/", body).status

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(send, range(60)))
        began = time.monotonic()
        assert bob.send("/challenges/markup/submissions/", body).status == 201
        assert time.monotonic() - began < 30
    assert sorted(said) == [201] * 3 + [429] * 57
    refused = dora.send("/challenges/markup/submissions/", body)
    assert refused.status == 429
    assert int(refused.headers["retry-after"]) > 0
    assert json.loads(refused.text)["error"] == "too_many"
    assert people("nobody").ask("GET", "/healthz").status == 200


def test_many_streams_of_one_person_leave_room_for_others(server: Server, people: People) -> None:
    ana = people("ana")
    cookies = "; ".join(f"{name}={value}" for name, value in ana.cookies.items())
    path = f"/submissions/{server.facts['open']}/events/"
    streams = [socket.create_connection(("127.0.0.1", server.proxied_port), timeout=60) for _ in range(60)]
    try:
        for stream in streams:
            stream.sendall(head(path, f"Cookie: {cookies}", method="GET"))
        for stream in streams:
            assert stream.recv(15) == b"HTTP/1.1 200 OK"
        assert people("bob").ask("GET", "/challenges/").status == 200
    finally:
        for stream in streams:
            stream.close()
