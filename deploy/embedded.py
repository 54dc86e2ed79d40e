"""`make run`: GradeTape on one machine, started by one command and ended by one Ctrl-C.

The launcher owns a local Redis, and web, worker, beat and courier as the Procfile names them. Everything that an
installation keeps lies in var/. A second start picks up what the first one left, also after a power cut.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TextIO

import psutil
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from deploy import processes
from deploy.credentials import ensure_secrets
from deploy.environment import ROOT
from deploy.exceptions import LaunchError
from deploy.health import wait_until_healthy
from deploy.parts import Parts
from deploy.ports import free_port, is_free
from deploy.redisd import FIRST_PORT, HOST, RedisServer

# How long a grading may go on after Ctrl-C. What takes longer is graded again after the next start.
PARTS_PATIENCE = 120.0
MOST_SLOTS = 8
ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - what a person may wish, not what is bound unasked


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, SIGTERM or a closed terminal."""


# Set when they ask for it again: then nothing is waited for.
hurry = threading.Event()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the platform will be found, and where it keeps its things."""

    host: str
    port: int
    var: Path

    @property
    def address(self) -> str:
        shown = "127.0.0.1" if self.host in ANYWHERE else self.host
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}/"

    def names(self) -> list[str]:
        """The host names under which this machine may be asked: all of its own when it listens everywhere."""
        own = ["localhost", "127.0.0.1", "[::1]", self.host]
        if self.host in ANYWHERE:
            found = [address for interface in psutil.net_if_addrs().values() for address in interface]
            own += [socket.gethostname(), *(each.address for each in found if each.family == socket.AF_INET)]
        return sorted(set(own) - ANYWHERE)


def main() -> int:
    """Start everything, stay until it ends, and leave nothing running."""
    os.umask(0o022)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with ExitStack() as cleanup:
            return launch(cleanup)
    except Stopped:
        print("GradeTape has stopped; your data is in var/ and `make run` picks it up again.")
        return 0
    except LaunchError as problem:
        print(f"\nGradeTape did not start.\n{problem}", file=sys.stderr)
        return 1


def launch(cleanup: ExitStack) -> int:
    """The whole start, in its order. What has to be undone goes to `cleanup`, which runs backwards."""
    var = installation()
    lock = cleanup.enter_context((var / "launcher.lock").open("a+"))
    _only_one(lock)
    processes.adopt_orphans()
    _sweep(var)
    place = choose_place(var)
    redis = RedisServer(
        var / "redis", free_port(HOST, FIRST_PORT), ensure_secrets(var / "secrets.env")["REDIS_PASSWORD"]
    )
    env = surroundings(place, redis.url)
    _say(f"Redis on {HOST}:{redis.port}")
    cleanup.callback(processes.end_descendants)
    redis_process = redis.start()
    accounts = prepare(env)
    _say("Starting web, worker, beat and courier")
    parts = Parts(ROOT / "Procfile", {**env, "PORT": str(place.port)})
    cleanup.callback(end_parts, parts)
    wait_until_healthy(f"{place.address}healthz", lambda: parts.ended() is None)
    lock.write(place.address)
    lock.flush()
    announce(place, accounts)
    return watch(parts, redis_process)


def installation() -> Path:
    """The folder that holds all that an installation keeps."""
    var = Path(os.environ.get("GRADETAPE_VAR") or ROOT / "var").resolve()
    # The database holds everybody's submissions and the hidden cases: nobody else on this machine looks in here.
    var.mkdir(mode=0o700, exist_ok=True)
    return var


def choose_place(var: Path) -> Place:
    """HOST and PORT as wished; without a wish the first free port from 8000 on."""
    host = os.environ.get("HOST") or "127.0.0.1"
    wish = os.environ.get("PORT")
    if not wish:
        return Place(host, free_port(host, 8000), var)
    if not wish.isdigit() or not 0 < int(wish) < 65536:
        raise LaunchError(f"PORT must be a number from 1 to 65535. Received: {wish!r}")
    if not is_free(host, int(wish)):
        raise LaunchError(f"Port {wish} on {host} is taken (or not allowed). Choose another, or leave PORT out.")
    return Place(host, int(wish), var)


def surroundings(place: Place, redis_url: str) -> dict[str, str]:
    """The environment that every process of this installation starts with. What the caller has set stays."""
    return {
        "LOG_LEVEL": "WARNING",
        "GRADETAPE_SLOTS": str(min(os.cpu_count() or 1, MOST_SLOTS)),
        "ALLOWED_HOSTS": ",".join(place.names()),
        **os.environ,
        **ensure_secrets(place.var / "secrets.env"),
        processes.MARK: str(place.var),
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "PYTHONUNBUFFERED": "1",
        "GRADETAPE_EMBEDDED": "1",
        "GRADETAPE_VAR": str(place.var),
        "GRADETAPE_HOST": place.host,
        "REDIS_URL": redis_url,
        "SITE_URL": place.address.rstrip("/"),
    }


def prepare(env: dict[str, str]) -> str:
    """Bring the database, the challenges and the demo accounts up to date; returns what `demo` printed."""
    _manage(env, "migrate", "--noinput", what="Updating the database")
    _manage(env, "challenges", "import", what="Publishing the challenges")
    return _manage(env, "demo", what="Looking after the demo accounts")


def _manage(env: dict[str, str], *arguments: str, what: str) -> str:
    _say(what)
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-25:])
        raise LaunchError(f"{what} failed: manage.py {' '.join(arguments)} ended with {done.returncode}.\n{tail}")
    return done.stdout


def end_parts(parts: Parts) -> None:
    """End the parts, letting the gradings that run finish."""
    killed = parts.end(PARTS_PATIENCE, hurry.is_set)
    if killed:
        _say(f"Ended without waiting any longer: {', '.join(killed)}. What was being graded is graded again next time")


def watch(parts: Parts, redis: subprocess.Popen[bytes]) -> int:
    """Stay until a part ends, which none does by itself."""
    while True:
        ended = parts.ended() or (f"redis (exit code {redis.returncode})" if redis.poll() is not None else None)
        if ended:
            print(f"\nA part of GradeTape stopped by itself, so the rest ends too: {ended}")
            return 1
        time.sleep(0.5)


def announce(place: Place, accounts: str) -> None:
    """The address and the accounts, where nobody can miss them."""
    console = Console(highlight=False)
    lines = [f"[bold]GradeTape is running:[/bold]  [bold cyan]{place.address}[/bold cyan]"]
    if accounts.strip():
        lines += ["", *(escape(line.strip()) for line in accounts.strip().splitlines())]
    lines += ["", "Ctrl-C stops it; the data stays in var/."]
    # A password that is broken over two lines can't be copied, so a narrow terminal gets the panel's full width.
    console.width = max(console.width, max(map(len, lines)) + 6)
    console.print(Panel("\n".join(lines), border_style="green", padding=(1, 2), expand=False))


def _only_one(lock: TextIO) -> None:
    """Hold the lock for as long as this process lives; the kernel lets go of it however it dies."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        address = lock.read().strip() or "(still starting)"
        raise LaunchError(f"It is already running here: {address}") from None
    lock.truncate(0)


def _sweep(var: Path) -> None:
    """End what a launcher that was killed has left behind."""
    left = processes.leftovers(var)
    if left:
        _say(f"Ending {len(left)} processes left from a start that was killed")
        processes.end_all(left)


def _say(what: str) -> None:
    print(f"• {what}", flush=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    # A second Ctrl-C must not interrupt the clearing up that the first one started, only its waiting.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _hurry)
    print("\nStopping; what is being graded is finished first (Ctrl-C again: at once) ...", flush=True)
    raise Stopped


def _hurry(_number: int, _frame: FrameType | None) -> None:
    hurry.set()


if __name__ == "__main__":
    sys.exit(main())
