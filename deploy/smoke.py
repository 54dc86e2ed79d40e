"""`python3 -m deploy.smoke ADDRESS [SLUG]`: does what a candidate does, against a running installation.

Signs up under a name of its own, submits the first of the challenge's accepted solutions and waits for the verdict.
Exit code 0 when it is "accepted". Standard library alone.
"""

import json
import secrets
import sys
import time
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from deploy.environment import ROOT

PATIENCE = 180.0


class Visitor:
    """A browser in small: keeps cookies, sends the CSRF token back."""

    def __init__(self, site: str) -> None:
        self.site = site.rstrip("/")
        self._cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._cookies))

    def get(self, path: str) -> bytes:
        """A page's body; HTTPError where the site refuses."""
        return self._send(Request(self.site + path))  # noqa: S310 - the operator's own address

    def json(self, path: str) -> dict[str, Any]:
        """A JSON answer."""
        answer: dict[str, Any] = json.loads(self.get(path))
        return answer

    def post(self, path: str, body: bytes, content_type: str) -> bytes:
        """Send something as the page at `path` would."""
        headers = {"X-CSRFToken": self._token(), "Referer": self.site + path, "Content-Type": content_type}
        return self._send(Request(self.site + path, data=body, headers=headers))  # noqa: S310

    def _token(self) -> str:
        return next((cookie.value or "" for cookie in self._cookies if cookie.name.endswith("csrftoken")), "")

    def _send(self, request: Request) -> bytes:
        with self._opener.open(request, timeout=30) as answer:
            body: bytes = answer.read()
        return body


def sign_up(visitor: Visitor) -> None:
    """Make an account that nobody will use again."""
    name = f"smoke-{secrets.token_hex(6)}"
    form = {"email": f"{name}@example.org", "password1": secrets.token_urlsafe(24), "display_name": name}
    visitor.get("/accounts/signup/")
    visitor.post("/accounts/signup/", urlencode(form).encode(), "application/x-www-form-urlencoded")


def submit(visitor: Visitor, slug: str, before: str = "") -> str:
    """Submit the first accepted solution that the challenge carries, behind some code; the submission's address."""
    solution = sorted((ROOT / "challenges" / slug / "submissions" / "accepted").glob("*.py"))[0]
    visitor.get(f"/challenges/{slug}/")
    body = json.dumps({"source": before + solution.read_text(encoding="utf-8"), "kind": "submit"}).encode()
    address: str = json.loads(visitor.post(f"/challenges/{slug}/submissions/", body, "application/json"))["url"]
    return address


def verdict(visitor: Visitor, address: str) -> str:
    """Wait for the end of the submission's story and say what it is."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        story = visitor.json(f"{address}state/")
        for event in story["events"]:
            if event["type"] == "finished":
                found: str = event["data"]["verdict"]
                return found
        time.sleep(1)
    return f"none within {PATIENCE:g} s ({story['state']})"


def main(site: str, slug: str = "custom-layer") -> int:
    """One candidate's visit."""
    visitor = Visitor(site)
    sign_up(visitor)
    began = time.monotonic()
    outcome = verdict(visitor, submit(visitor, slug))
    print(f"{slug}: {outcome} after {time.monotonic() - began:.1f} s")
    return 0 if outcome == "accepted" else 1


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python3 -m deploy.smoke ADDRESS [SLUG]")
    sys.exit(main(*sys.argv[1:]))
