"""The project's one Python environment, .venv, made from a lock with hashes and made again only when that changes."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.exceptions import SetupError

ROOT = Path(__file__).resolve().parent.parent
STAMP = "gradetape-lock"
# A larger set contains the smaller ones, so an environment made for tests also runs the platform.
SETS = ("web", "worker", "dev")
PIP_INSTALL = "-m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps -r".split()


def lock_digest(requirements: Path, name: str) -> str:
    """Names what an environment of this set is made of: the lock's bytes and the interpreter."""
    digest = hashlib.sha256((requirements / f"{name}.txt").read_bytes())
    digest.update(f"{platform.python_implementation()} {platform.python_version()} {sys.base_prefix}".encode())
    return digest.hexdigest()


def held_sets(venv: Path, requirements: Path) -> list[str]:
    """The sets that the environment holds just as they are locked now."""
    try:
        stamp = (venv / STAMP).read_text().split()
    except FileNotFoundError:
        return []
    if not (venv / "bin" / "python").exists() or len(stamp) != 2 or stamp[0] not in SETS:
        return []
    made_of, digest = stamp
    if digest != lock_digest(requirements, made_of):
        return []
    return list(SETS[: SETS.index(made_of) + 1])


def ensure_environment(name: str, root: Path = ROOT) -> Path:
    """Leave .venv holding the set (one of SETS) and return its Python. Returns at once when it already does."""
    venv, requirements = root / ".venv", root / "requirements"
    python = venv / "bin" / "python"
    if name in held_sets(venv, requirements):
        return python
    # Jails read the environment under a uid of their own.
    os.umask(0o022)
    if not _usable(python):
        print(f"Making the Python environment in {venv}", flush=True)
        shutil.rmtree(venv, ignore_errors=True)
        _step([sys.executable, "-m", "venv", str(venv)], "Is the package python3-venv installed?")
    (venv / STAMP).unlink(missing_ok=True)
    lock = requirements / f"{name}.txt"
    print(
        f"Installing {_count(lock)} Python packages from {lock.relative_to(root)} (a few minutes at first)", flush=True
    )
    _step(
        [str(python), *PIP_INSTALL, str(lock)],
        "Can this machine reach a Python package index, and is there enough room on the disk (3 GB)?",
    )
    (venv / STAMP).write_text(f"{name} {lock_digest(requirements, name)}\n")
    return python


def _usable(python: Path) -> bool:
    """Whether the environment's interpreter starts and is the release that runs this."""
    if not python.exists():
        return False
    ask = [str(python), "-c", "import platform, sys; print(platform.python_version(), sys.base_prefix)"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.split() == [platform.python_version(), sys.base_prefix]


def _count(lock: Path) -> int:
    return sum("==" in line for line in lock.read_text().splitlines())


def _step(command: Sequence[str], advice: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        raise SetupError(f"This failed with exit code {done.returncode}: {' '.join(command)}\n{advice}")
