"""Waiting until the web server says that every part of the platform is well."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException

from deploy.exceptions import LaunchError

# A worker imports TensorFlow before it is ready, which takes its time on a cold disk.
PATIENCE = 180.0


def wait_until_healthy(url: str, still_running: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Return once `url` says that all is well; until then say each change of what it is waiting for.

    Raises LaunchError when the time is over or `still_running` says that the platform has stopped.
    """
    deadline, said = time.monotonic() + patience, ""
    while time.monotonic() < deadline:
        if not still_running():
            raise LaunchError("A part of GradeTape stopped while starting: its last lines above say why.")
        healthy, state = ask(url)
        if healthy:
            return
        if state != said:
            print(f"  waiting: {state}", flush=True)
            said = state
        time.sleep(0.5)
    raise LaunchError(f"Not healthy after {patience:g} s ({said}). The lines above say what each part is doing.")


def ask(url: str) -> tuple[bool, str]:
    """Whether the platform is well, and what is missing where it is not."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own http address
            return judge(answer.read())
    except urllib.error.HTTPError as refused:
        return False, judge(refused.read())[1]
    except (OSError, HTTPException):
        return False, "the web server"


def judge(body: bytes) -> tuple[bool, str]:
    """What a /healthz body says: {"status", "database", "redis", "workers", "swept"}."""
    try:
        parts = json.loads(body)
    except ValueError:
        parts = None
    if not isinstance(parts, dict):
        return False, "an answer from /healthz that can be read"
    if parts.get("status") == "ok":
        return True, ""
    unwell = [name for name in ("database", "redis") if parts.get(name) is False]
    unwell += ["a worker"] * (not parts.get("workers")) + ["the first sweep (beat)"] * (parts.get("swept") is None)
    return False, ", ".join(unwell) or "the next sweep (beat)"
