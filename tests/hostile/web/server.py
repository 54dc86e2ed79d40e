"""The real web server under attack: Redis, a database, and uvicorn as an installation starts it. Nobody grades."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from tests.browser.installation import PATIENCE, ROOT, Installation, free_port

SITE = "https://grade.example.org"
HOST = urlsplit(SITE).netloc


class Server(Installation):
    """Two web processes on one database: `address` speaks plain http for Chromium, the other one is set up as behind
    a proxy that speaks TLS. `facts` is what planting.py made.
    """

    def __init__(self) -> None:
        super().__init__()
        self.proxied_port = free_port()
        self.facts: dict[str, Any] = {}

    @property
    def proxied(self) -> dict[str, str]:
        """The environment of the web process behind a proxy: all that production asks of the transport."""
        return {**self.environment, "SITE_URL": SITE, "BEHIND_PROXY": "1"}

    def _start(self) -> None:
        (self.folder / "redis").mkdir()
        (self.folder / "var").mkdir(mode=0o700)
        environment = self.environment
        options = ["--port", str(self.redis_port), "--bind", "127.0.0.1", "--requirepass", self.password]
        folder = str(self.folder / "redis")
        self._spawn("redis", ["redis-server", *options, "--save", "", "--dir", folder], environment)
        self._run(["manage.py", "migrate", "--noinput", "-v", "0"], environment)
        self.facts = self.plant()
        for name, port, surroundings in (
            ("web", self.port, environment),
            ("proxied", self.proxied_port, self.proxied),
        ):
            web = ["-m", "uvicorn", "gradetape.asgi:application", "--port", str(port), "--lifespan", "off"]
            web += ["--log-level", "warning", "--timeout-graceful-shutdown", "3"]
            self._spawn(name, [sys.executable, *web], surroundings)
        self._wait()

    @property
    def environment(self) -> dict[str, str]:
        # One key for both web processes, so that a session of one is a session of the other.
        self._key = getattr(self, "_key", super().environment["SECRET_KEY"])
        return {**super().environment, "SECRET_KEY": self._key}

    def plant(self) -> dict[str, Any]:
        """Run planting.py on the new database."""
        script = Path(__file__).parent / "planting.py"
        done = subprocess.run(
            [sys.executable, script], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        facts: dict[str, Any] = json.loads(done.stdout)
        return facts

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        for port in (self.port, self.proxied_port):
            while not _answers(port):
                assert all(process.poll() is None for process in self.processes), self.logs()
                assert time.monotonic() < end, f"the web did not start within {PATIENCE} s:\n{self.logs()}"
                time.sleep(0.2)

    def memory(self) -> int:
        """The resident bytes of the process behind the proxy."""
        rss: int = psutil.Process(self.processes[-1].pid).memory_info().rss
        return rss

    def log(self) -> str:
        """All that the process behind the proxy has said."""
        return (self.folder / "proxied.log").read_text(errors="replace")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False
