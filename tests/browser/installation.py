"""A whole GradeTape of its own: Redis, web and worker as processes, with the real engine, in a temporary folder."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 240


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """Started by `with`; `address` is where a browser finds it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gradetape-browser-"))
        self.port, self.redis_port = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.password, self.secret_key = secrets.token_hex(16), secrets.token_hex(32)
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "GRADETAPE_EMBEDDED": "1",
            "SECRET_KEY": self.secret_key,
            "REDIS_URL": f"redis://:{self.password}@127.0.0.1:{self.redis_port}/0",
            "SITE_URL": self.address,
            "GRADETAPE_VAR": str(self.folder / "var"),
            "DJANGO_SETTINGS_MODULE": "gradetape.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
            "LOG_LEVEL": "WARNING",
        }
        return {**os.environ, **own}

    def _start(self) -> None:
        (self.folder / "redis").mkdir()
        (self.folder / "var").mkdir(mode=0o700)
        environment = self.environment
        redis = shutil.which("redis-server")
        assert redis, "redis-server is not installed"
        options = ["--port", str(self.redis_port), "--bind", "127.0.0.1", "--requirepass", self.password]
        self._spawn("redis", [redis, *options, "--save", "", "--dir", str(self.folder / "redis")], environment)
        self._run(["manage.py", "migrate", "--noinput", "-v", "0"], environment)
        self._run(["manage.py", "challenges", "import"], environment)
        web = ["-m", "uvicorn", "gradetape.asgi:application", "--port", str(self.port), "--lifespan", "off"]
        self._spawn("web", [sys.executable, *web, "--log-level", "warning"], environment)
        worker = ["-m", "celery", "--quiet", "-A", "gradetape", "worker", "--pool", "prefork", "--concurrency", "1"]
        self._spawn("worker", [sys.executable, *worker, "--without-gossip", "--without-mingle"], environment)
        self._wait()

    def _run(self, arguments: list[str], environment: dict[str, str]) -> None:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{arguments} failed:\n{done.stdout}\n{done.stderr}"

    def _spawn(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        self.processes.append(process)

    def _wait(self) -> None:
        """Until the web answers and its own health page has seen the worker."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert all(process.poll() is None for process in self.processes), self.logs()
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=5) as answer:
                    if b'"workers": 0' not in answer.read():
                        return
            except (urllib.error.URLError, OSError):
                pass  # not up yet
            time.sleep(0.25)
        raise AssertionError(f"GradeTape did not start within {PATIENCE} s:\n{self.logs()}")

    def logs(self) -> str:
        """What the processes said last."""
        return "\n".join(
            f"== {log.stem}\n{log.read_text(errors='replace')[-3000:]}" for log in self.folder.glob("*.log")
        )

    def stop(self) -> None:
        """End what was started, the last one first, and leave nothing."""
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()
        self.processes.clear()
        shutil.rmtree(self.folder, ignore_errors=True)
