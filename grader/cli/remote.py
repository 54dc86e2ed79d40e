"""A GradeTape server, as its API lets programs use it. Only the standard library speaks HTTP here."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from grader.cli.workshop import WrongUsageError

ANSWER_SECONDS = 30
# The server says that it is still there every 15 seconds.
SILENCE_SECONDS = 45
LONGEST_LINE = 8 * 1024 * 1024
LONGEST_REFUSAL = 64 * 1024
LOCAL = {"localhost", "127.0.0.1", "::1"}


class UnreachableError(Exception):
    """The server does not answer, or not in a way that can be understood."""


class RefusedError(Exception):
    """The server answered and did not do it. The message is the server's own."""

    def __init__(self, status: int, message: str, retry_after: int = 0) -> None:
        super().__init__(message)
        self.status, self.retry_after = status, retry_after


@dataclass(frozen=True)
class Told:
    """One event of a story; the place in the queue has no id."""

    id: str
    type: str
    data: dict[str, Any]


class _Stay(urllib.request.HTTPRedirectHandler):
    """A token goes to the server that was named and to no other."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        parts = urlsplit(newurl)
        raise WrongUsageError(
            f"{req.full_url} leads on to {newurl}: name --server {parts.scheme}://{parts.netloc} if that is meant"
        )


class Server:
    """A server at an address, for whoever has the token."""

    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            raise WrongUsageError(f"--server should look like https://host. Received: {address!r}")
        if not token.strip():
            raise WrongUsageError("no token: make one on the page “API tokens” and set GRADETAPE_TOKEN")
        if not token.strip().isascii() or len(token.split()) != 1:
            raise WrongUsageError("the token should be one word of ASCII, such as gt_…")
        self.address = f"{parts.scheme}://{parts.netloc}"
        self.tells_token = parts.scheme == "http" and parts.hostname not in LOCAL
        self._token = token.strip()
        self._opener = urllib.request.build_opener(_Stay)

    def challenge(self, slug: str) -> dict[str, Any]:
        """What the server says of a challenge."""
        return self._ask(f"challenges/{quote(slug, safe='')}")

    def send(self, slug: str, source: str, kind: str) -> dict[str, Any]:
        """Have a source graded; the new submission."""
        return self._ask(f"challenges/{quote(slug, safe='')}/submissions", {"source": source, "kind": kind})

    def state(self, submission: str, after: str) -> dict[str, Any]:
        """What was told after an event, and what state it is in."""
        return self._ask(f"submissions/{submission}/state?{urlencode({'after': after})}")

    def cancel(self, submission: str) -> None:
        """Stop it."""
        self._ask(f"submissions/{submission}/cancel", {})

    def stream(self, submission: str, after: str) -> Iterator[Told]:
        """The story after an event, while it is told. Raises UnreachableError where the stream is cut."""
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": after} if after else {})
        with self._open(f"submissions/{submission}/events", None, headers, SILENCE_SECONDS) as answer:
            fields: dict[str, str] = {}
            for line in _lines(answer):
                if line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                elif "event" in fields:
                    yield _told(fields)
                    fields = {}
                else:
                    fields = {}
        raise UnreachableError("the stream was cut")

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        with self._open(path, body, {"Accept": "application/json"}, ANSWER_SECONDS) as answer:
            try:
                content = json.loads(answer.read(LONGEST_LINE))
            except (OSError, http.client.HTTPException) as error:
                raise UnreachableError(f"{self.address} broke off: {error}") from error
            except ValueError as error:
                raise UnreachableError(f"{self.address} did not answer in JSON: is GradeTape there?") from error
        if not isinstance(content, dict):
            raise UnreachableError(f"{self.address} answered something else than GradeTape does")
        return content

    def _open(self, path: str, body: dict[str, Any] | None, headers: dict[str, str], seconds: float) -> Any:
        content = None if body is None else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self._token}", "User-Agent": "gradetape-submit", **headers}
        if content is not None:
            sent["Content-Type"] = "application/json"
        # The scheme was looked at when the server was named.
        request = urllib.request.Request(f"{self.address}/api/{path}", content, sent)  # noqa: S310
        try:
            return self._opener.open(request, timeout=seconds)
        except urllib.error.HTTPError as error:
            raise _refusal(error) from error
        except (OSError, http.client.HTTPException) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            raise UnreachableError(f"{self.address} can't be reached: {reason}") from error


def _lines(answer: Any) -> Iterator[str]:
    try:
        while line := answer.readline(LONGEST_LINE):
            yield line.decode("utf-8", "replace").rstrip("\r\n")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UnreachableError(f"the stream was cut: {error}") from error


def _told(fields: dict[str, str]) -> Told:
    try:
        data = json.loads(fields.get("data", "{}"))
    except ValueError as error:
        raise UnreachableError("the stream broke off in the middle of an event") from error
    return Told(fields.get("id", ""), fields["event"], data)


def _refusal(error: urllib.error.HTTPError) -> Exception:
    """The problem in the answer; a proxy's own page says nothing that would help here."""
    message = f"the server answered {error.code} {error.reason}"
    with error:
        try:
            said = json.loads(error.read(LONGEST_REFUSAL))
            message = str(said.get("detail") or said.get("message") or message)
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass  # a proxy's own page
    if error.code >= 500:
        return UnreachableError(message)
    wait = error.headers.get("Retry-After", "")
    return RefusedError(error.code, message, int(wait) if wait.isdigit() else 0)
