"""The Redis of an embedded installation: loopback only, a password, every write appended to a file."""

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.exceptions import LaunchError
from deploy.processes import start

HOST = "127.0.0.1"
FIRST_PORT = 6397

CONFIG = """\
# Written by GradeTape at every start; changes made here are lost.
bind {host}
port {port}
protected-mode yes
requirepass "{password}"
dir "{folder}"
daemonize no
pidfile ""
appendonly yes
appendfsync everysec
# After a power cut the file may end in half a record: leave that out and start.
aof-load-truncated yes
save ""
# Queues and event streams must never be thrown away to make room.
maxmemory-policy noeviction
loglevel warning
"""


@dataclass(frozen=True, slots=True)
class RedisServer:
    """Where a local Redis lives and listens."""

    folder: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def start(self) -> subprocess.Popen[bytes]:
        """Write the configuration, start the server and wait until it has loaded its data."""
        program = shutil.which("redis-server")
        if program is None:
            raise LaunchError("redis-server is not installed. Say: sudo apt-get install redis-server")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        config = self.folder / "redis.conf"
        config.touch(mode=0o600)
        config.write_text(CONFIG.format(host=HOST, port=self.port, password=self.password, folder=self.folder))
        process = start([program, str(config)], log=self.folder / "redis.log")
        self._wait(process)
        return process

    def _wait(self, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise LaunchError(f"Redis stopped with exit code {process.returncode}: see {self.folder / 'redis.log'}")
            if self.answers():
                return
            time.sleep(0.05)
        raise LaunchError(f"Redis did not answer within {seconds:g} s: see {self.folder / 'redis.log'}")

    def answers(self) -> bool:
        """Whether the server accepts the password and has its data in memory."""
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                reply = b""
                while reply.count(b"\r\n") < 2:
                    piece = connection.recv(256)
                    if not piece:
                        return False
                    reply += piece
        except OSError:
            return False
        return reply == b"+OK\r\n+PONG\r\n"
