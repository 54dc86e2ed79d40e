"""Another database for one test: its own PostgreSQL, or SQLite in a place of its own."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections
from support import wait_until


@contextmanager
def database(**changes: Any) -> Iterator[None]:
    """Give this thread, and the processes that are started meanwhile, another database with all tables."""
    usual, usual_settings = connections["default"], connections.settings["default"]
    connections.settings["default"] = {**usual_settings, **changes}
    connections["default"] = connections.create_connection("default")
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connections["default"].close()
        connections.settings["default"], connections["default"] = usual_settings, usual


class Postgres:
    """A PostgreSQL server with a database of its own, run by the user postgres where the tests run as root."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gradetape-postgres-", dir="/tmp"))
        self.password = secrets.token_hex(8)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def programs() -> Path | None:
        """Where initdb and postgres lie; Debian keeps them out of PATH."""
        found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb"), *filter(None, [shutil.which("initdb")])]
        return Path(found[0]).parent if found else None

    @property
    def url(self) -> str:
        return f"postgres://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        words = self.folder / "password"
        words.write_text(self.password)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            for path in (self.folder, words):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "scram-sha-256",
                  f"--pwfile={words}", "--no-sync").check_returncode()  # fmt: skip

    def start(self) -> None:
        options = ["-D", str(self.folder / "data"), "-p", str(self.port), "-k", str(self.folder)]
        self.process = subprocess.Popen(
            self._as_owner("postgres", *options), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
        )
        wait_until(self.answers, 60)

    def stop(self) -> None:
        """At once: connections break in the middle of what they are at, and the next start has to recover."""
        if self.process:
            self.process.send_signal(3)  # SIGQUIT: "immediate shutdown"
            self.process.wait(timeout=60)
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def answers(self) -> bool:
        done = self._run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port))
        return done.returncode == 0

    def _run(self, *command: str) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(self._as_owner(*command), capture_output=True, cwd="/", check=False)

    def _as_owner(self, program: str, *arguments: str) -> list[str]:
        folder = self.programs()
        assert folder
        user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []
        return [*user, str(folder / program), *arguments]
