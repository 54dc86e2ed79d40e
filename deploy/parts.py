"""The parts of an embedded installation: the lines of the Procfile, started together and ended together."""

import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy import processes

LOOK_EVERY = 0.1


class Parts:
    """A process for each line. Ending one asks its main process only, which looks after what it has started itself."""

    def __init__(self, procfile: Path, env: Mapping[str, str]) -> None:
        """Start them, in the Procfile's folder."""
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        for line in procfile.read_text(encoding="utf-8").splitlines():
            name, _, command = line.partition(":")
            self._running[name] = processes.start(["sh", "-c", command.strip()], env=env, cwd=procfile.parent)

    def ended(self) -> str | None:
        """A part that has ended, with its exit code; None while all run."""
        for name, process in self._running.items():
            if process.poll() is not None:
                return f"{name} (exit code {process.returncode})"
        return None

    def end(self, patience: float, hurry: Callable[[], bool]) -> list[str]:
        """Ask each to end and wait until all have, at most `patience` seconds, or until `hurry`.

        A worker lets the gradings that run finish first. Returns the names of those that had to be killed.
        """
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + patience
        while self._left() and time.monotonic() < deadline and not hurry():
            time.sleep(LOOK_EVERY)
        left = self._left()
        for name in left:
            self._running[name].kill()
            self._running[name].wait()
        return left

    def _left(self) -> list[str]:
        return [name for name, process in self._running.items() if process.poll() is None]
