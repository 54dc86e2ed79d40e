"""Somebody with an HTTP client: their address, their cookies, and no manners."""

from __future__ import annotations

import http.client
import itertools
import json
import re
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.hostile.web.server import HOST, SITE

ADDRESSES = (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}" for number in itertools.count(1))
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
SESSION_COOKIE = "__Host-sessionid"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What the server said. Names of headers are in lower case; a header that came twice is in `all` twice."""

    status: int
    all: list[tuple[str, str]]
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.all)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def cookies(self) -> dict[str, str]:
        """Each cookie that was set, by name, with its attributes."""
        lines = [value for name, value in self.all if name == "set-cookie"]
        return {line.partition("=")[0]: line.partition("=")[2] for line in lines}


@dataclass
class Visitor:
    """Speaks to the process behind the proxy, as the proxy would pass it on; each from an address of their own."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = field(default_factory=lambda: next(ADDRESSES))
    token: str = ""

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str = b"",
        headers: dict[str, str] | None = None,
        *,
        with_token: bool = True,
        whole: bool = False,
    ) -> Answer:
        """One request on a connection of its own, with cookies, and with the form token unless told otherwise.

        Of a stream it takes the first piece, or the `whole` when it is known to end.
        """
        sent = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": self.address, "Referer": f"{SITE}/"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if with_token and self.token:
            sent["X-CSRFToken"] = self.token
        content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        if content:
            sent["Content-Length"] = str(len(content))
        sent |= headers or {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            # A body that is refused may be refused, and the connection closed, before all of it is sent.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.endheaders(content or None)
            answer = connection.getresponse()
            found = [(name.lower(), value) for name, value in answer.getheaders()]
            streams = not whole and answer.headers.get("Content-Type", "").startswith("text/event-stream")
            taken = Answer(answer.status, found, answer.read1() if streams else answer.read())
        finally:
            connection.close()
        self._keep(taken)
        return taken

    def _keep(self, answer: Answer) -> None:
        for name, rest in answer.cookies.items():
            value = rest.partition(";")[0]
            self.cookies[name] = value.strip('"')
            if not self.cookies[name]:
                del self.cookies[name]
        if found := TOKEN.search(answer.text):
            self.token = found[1]

    def send(self, path: str, body: Any, method: str = "POST", **headers: str) -> Answer:
        """A JSON body, as the site's own scripts send one."""
        kinds = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        return self.ask(method, path, json.dumps(body), kinds)

    def fill(self, path: str, **fields: str) -> Answer:
        """A form, with the token of its page."""
        self.ask("GET", path)
        return self.ask("POST", path, urlencode(fields), {"Content-Type": FORM})

    def sign_in(self, email: str, password: str, path: str = "/accounts/login/") -> Answer:
        return self.fill(path, login=email, password=password)


def raw(port: int, request: bytes, seconds: float = 30) -> bytes:
    """What comes back for bytes that no client library would send; up to 64 KiB, until the server hangs up."""
    answer = b""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection,
        suppress(BrokenPipeError, ConnectionResetError),
    ):
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
        while len(answer) < 65536 and (piece := connection.recv(65536)):
            answer += piece
    return answer
