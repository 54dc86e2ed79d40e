"""What this machine must have from Debian: found out without touching anything, installed only when missing."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence

from deploy.exceptions import SetupError

RUN_PACKAGES = ("bubblewrap", "redis-server", "libseccomp2", "python3-venv")
TEST_PACKAGES = (*RUN_PACKAGES, "chromium", "fonts-dejavu-core")


def missing_packages(wanted: Iterable[str]) -> list[str]:
    """Those of the packages that dpkg does not hold as installed."""
    names = list(wanted)
    if shutil.which("dpkg-query") is None:
        raise SetupError(
            f"This is no Debian: install {', '.join(names)} (or what your system calls them) by hand, "
            "then start again with GRADETAPE_SKIP_PACKAGES=1."
        )
    listing = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        text=True,
        check=False,  # an unknown package makes it exit 1, and is what is being asked
    ).stdout
    installed = {line.split()[0] for line in listing.splitlines() if line.endswith(" installed")}
    return [name for name in names if name not in installed]


def privileged(command: Sequence[str]) -> list[str]:
    """The command as root would run it: as it is for root, through sudo for anybody else."""
    if os.geteuid() == 0:
        return list(command)
    if shutil.which("sudo") is None:
        raise SetupError(
            f"Root has to run this once: {' '.join(command)}\n(You are not root, and sudo is not installed.)"
        )
    return ["sudo", *command]


def install_packages(names: Sequence[str]) -> None:
    """Install Debian packages, saying so; raises SetupError when apt-get refuses."""
    print(f"Installing Debian packages: {' '.join(names)}", flush=True)
    quiet = ["-qq", "-o", "Dpkg::Use-Pty=0"]
    install = [
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        *quiet,
        "install",
        "-y",
        "--no-install-recommends",
        *names,
    ]
    for command in (["apt-get", *quiet, "update"], install):
        done = subprocess.run(
            privileged(command), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            said = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
            raise SetupError(f"This failed with exit code {done.returncode}: {' '.join(command)}\n{said}")


def ensure_packages(wanted: Iterable[str]) -> None:
    """Leave the machine with these packages installed, touching it only where one is missing."""
    if os.environ.get("GRADETAPE_SKIP_PACKAGES"):
        return
    missing = missing_packages(wanted)
    if missing:
        install_packages(missing)
