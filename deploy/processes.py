"""Starting processes that cannot outlive the launcher, and finding those that did."""

import ctypes
import os
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import psutil

# Every process of an installation carries this with the installation's folder, however it was started.
MARK = "GRADETAPE_INSTALLATION"
PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Make this process the parent of every descendant whose own parent dies, so that none can escape `end_all`."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def start(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, log: Path | None = None, cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a process that a Ctrl-C at the terminal does not reach and that gets SIGTERM when the launcher dies.

    What it prints goes to `log` (kept from one start to the next), or to the launcher's own output.
    """
    guarded = ["setpriv", "--pdeathsig", "TERM", "--", *command]
    if log is None:
        return subprocess.Popen(guarded, env=env, cwd=cwd, stdin=subprocess.DEVNULL, start_new_session=True)
    with log.open("ab") as file:
        return subprocess.Popen(
            guarded, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )


def leftovers(installation: Path) -> list[psutil.Process]:
    """Processes of this installation that are still there though no launcher runs: those of one that was killed."""
    here = os.getpid()
    return [each for each in psutil.process_iter() if each.pid != here and _mark(each) == str(installation)]


def end_all(processes: Iterable[psutil.Process], patience: float = 10) -> int:
    """SIGTERM, and after `patience` seconds SIGKILL. Returns how many had to be killed."""
    alive = _signalled(processes, "terminate")
    _, alive = psutil.wait_procs(alive, timeout=patience)
    killed = _signalled(alive, "kill")
    psutil.wait_procs(killed, timeout=patience)
    return len(killed)


def end_descendants(patience: float = 10) -> int:
    """End everything below this process. What dies may leave orphans, which arrive here: look until none is left."""
    me, killed = psutil.Process(), 0
    deadline = time.monotonic() + 3 * patience
    while (below := _living(me.children(recursive=True))) and time.monotonic() < deadline:
        killed += end_all(below, patience)
    return killed


def _signalled(processes: Iterable[psutil.Process], how: str) -> list[psutil.Process]:
    reached = []
    for process in processes:
        try:
            getattr(process, how)()
        except psutil.NoSuchProcess:
            continue
        reached.append(process)
    return reached


def _living(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those that are no zombies; zombies that became our children are reaped on the way."""
    living = []
    for process in processes:
        try:
            dead = process.status() == psutil.STATUS_ZOMBIE
            if dead:
                process.wait(timeout=0)
            else:
                living.append(process)
        except (psutil.NoSuchProcess, psutil.TimeoutExpired):
            continue
    return living


def _mark(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return None
