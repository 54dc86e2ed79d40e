"""The secrets of an embedded installation: made at its first start, kept in one file that only its owner reads."""

import os
import secrets
from pathlib import Path

from deploy.exceptions import LaunchError

NAMES = ("SECRET_KEY", "REDIS_PASSWORD")


def read_secrets(path: Path) -> dict[str, str]:
    """The NAME=value lines of the file; an absent file holds none."""
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines() if line.strip() and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def ensure_secrets(path: Path) -> dict[str, str]:
    """The installation's secrets, each made once. Raises LaunchError when others could read the file."""
    held = read_secrets(path)
    if path.exists() and path.stat().st_mode & 0o077:
        raise LaunchError(f"{path} can be read by others. Say: chmod 600 {path}")
    missing = [name for name in NAMES if not held.get(name)]
    if missing:
        held |= {name: secrets.token_urlsafe(48) for name in missing}
        _write(path, held)
    return held


def _write(path: Path, held: dict[str, str]) -> None:
    """Replace the file as a whole, so that a crash leaves the old one or the new one."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(
            "# Secrets of this installation. Without them its sessions and its Redis are lost; never share them.\n"
        )
        file.writelines(f"{name}={value}\n" for name, value in held.items())
    fresh.replace(path)
