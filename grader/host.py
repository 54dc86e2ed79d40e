"""The engine's host:

it starts the zygotes, watches them, and starts a fresh one where one has died. One on each worker machine.
"""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from grader.exceptions import JudgeError
from grader.package import REPOSITORY
from grader.zygote.client import socket_path
from grader.zygote.preload import ENVIRONMENT, RUNTIMES

START_SECONDS = 180.0
_PAUSE = 0.2
log = logging.getLogger(__name__)


class EngineHost:
    """The zygotes of some runtimes. `run_dir` holds their sockets and belongs to this user alone."""

    def __init__(self, run_dir: Path, cache_dir: Path | None = None, runtimes: tuple[str, ...] = ("keras3",)) -> None:
        self.run_dir, self.cache_dir, self.runtimes = run_dir, cache_dir, runtimes
        self._processes: dict[str, subprocess.Popen[str]] = {}
        self._adding = threading.Lock()
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    def start(self) -> None:
        """Start the zygotes and wait until they take connections (importing TensorFlow takes seconds).

        Raises JudgeError.
        """
        self.run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.run_dir.chmod(0o700)
        if self.cache_dir:
            self.cache_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        for runtime in self.runtimes:  # side by side
            self._processes[runtime] = self._launch(runtime)
        for runtime in self.runtimes:
            self._await_ready(runtime, self._processes[runtime])
        self._watcher = threading.Thread(target=self._watch, name="zygotes", daemon=True)
        self._watcher.start()

    def add(self, runtime: str) -> None:
        """Start one more runtime's zygote, unless it runs already, and wait for it. Raises JudgeError."""
        with self._adding:
            if runtime in self._processes:
                return
            process = self._launch(runtime)
            try:
                self._await_ready(runtime, process)
            except JudgeError:
                _end(process)
                raise
            self._processes[runtime] = process

    def stop(self) -> None:
        """End the zygotes."""
        self._stopping.set()
        if self._watcher:
            self._watcher.join()
        for runtime, process in self._processes.items():
            _end(process)
            socket_path(self.run_dir, runtime).unlink(missing_ok=True)

    def __enter__(self) -> EngineHost:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @staticmethod
    def answers(run_dir: Path, runtime: str) -> bool:
        """Whether a zygote takes connections there; none does while one that has died is being replaced."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as attempt:
            attempt.settimeout(1.0)
            try:
                attempt.connect(str(socket_path(run_dir, runtime)))
            except OSError:
                return False
        return True

    def pids(self) -> dict[str, int]:
        """The process id of each runtime's zygote."""
        return {runtime: process.pid for runtime, process in self._processes.items()}

    def _launch(self, runtime: str) -> subprocess.Popen[str]:
        path = socket_path(self.run_dir, runtime)
        path.unlink(missing_ok=True)
        scratch = self.run_dir / "home"
        scratch.mkdir(exist_ok=True, mode=0o700)
        environment = {
            **ENVIRONMENT,
            **RUNTIMES[runtime],
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "PYTHONPATH": str(REPOSITORY),
            "HOME": str(scratch),
            "KERAS_HOME": str(scratch / "keras"),
        }
        command = [sys.executable, "-m", "grader.zygote", runtime, str(path)]
        pipe = subprocess.PIPE
        with self._log_of(runtime).open("w", encoding="utf-8") as words:
            return subprocess.Popen(
                command,
                stdin=pipe,
                stdout=pipe,
                stderr=words,
                env=environment,
                cwd="/",
                text=True,
                start_new_session=True,  # Ctrl-C and SIGTERM are for the host: it ends its zygotes when it has finished
            )

    def _log_of(self, runtime: str) -> Path:
        return self.run_dir / f"{runtime}.log"

    def _await_ready(self, runtime: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        timer = threading.Timer(START_SECONDS, process.kill)
        timer.start()
        try:
            if process.stdout.readline().strip() != "ready":
                words = self._log_of(runtime).read_text(encoding="utf-8", errors="replace")[-1500:]
                raise JudgeError(f"the zygote of {runtime} did not start. It said:\n{words}")
        finally:
            timer.cancel()

    def _watch(self) -> None:
        """Start again what has died."""
        while not self._stopping.wait(_PAUSE):
            for runtime, process in list(self._processes.items()):
                if process.poll() is None:
                    continue
                log.error("the zygote of %s ended with status %s; starting another", runtime, process.returncode)
                _end(process)
                self._processes[runtime] = self._launch(runtime)
                try:
                    self._await_ready(runtime, self._processes[runtime])
                except JudgeError:
                    log.exception("the zygote of %s did not start again", runtime)
                    time.sleep(1.0)


def _end(process: subprocess.Popen[str]) -> None:
    """Close its standard input, which ends it, and wait."""
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
