"""A server that takes webhooks, on a port of its own, and answers as it is told to."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Came:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came; and what is answered: the statuses in turn (the last one from then on), or a way to misbehave."""

    port: int = 0
    came: list[Came] = field(default_factory=list)
    statuses: list[int] = field(default_factory=lambda: [204])
    manner: str = "well"
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?x=1"

    def next_status(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.came.append(Came(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        with suppress(OSError):
            getattr(self, self.receiver.manner)()

    def well(self) -> None:
        self.send_response(self.receiver.next_status())
        self.send_header("Content-Length", "0")
        self.end_headers()

    def redirecting(self) -> None:
        self.send_response(307)
        self.send_header("Location", f"http://127.0.0.1:{self.receiver.port}/elsewhere")
        self.end_headers()

    def silent(self) -> None:
        self.receiver.over.wait(60)

    def dripping(self) -> None:
        """A header that never ends, byte by byte."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not self.receiver.over.wait(0.05):
            self.wfile.write(b"x")

    def pouring(self) -> None:
        """A body that never ends."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        until = time.monotonic() + 60
        while not self.receiver.over.is_set() and time.monotonic() < until:
            self.wfile.write(b"x" * 65536)

    def babbling(self) -> None:
        self.wfile.write(b"\x00nothing like HTTP\r\n\r\n")

    def log_message(self, *_: Any) -> None:
        """Nothing is said."""


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver, with TLS where a context is given."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"receiver": receiver}))
    # A client that hangs up in the middle is a part of these tests.
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
