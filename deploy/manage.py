"""`make manage ARGS="demo --reset"`: Django's command line on the embedded installation, running or not."""

import os
import re
import sys
from pathlib import Path

from deploy.embedded import Place, installation, surroundings
from deploy.environment import ROOT
from deploy.redisd import FIRST_PORT, HOST


def redis_url(var: Path, password: str) -> str:
    """Where the installation's Redis listens, or did when it was last started."""
    config = var / "redis" / "redis.conf"
    found = re.search(r"^port (\d+)$", config.read_text(), re.MULTILINE) if config.exists() else None
    return f"redis://:{password}@{HOST}:{found[1] if found else FIRST_PORT}/0"


def main() -> None:
    """Become manage.py, with the environment that the launcher would give it."""
    var = installation()
    env = surroundings(Place("127.0.0.1", 8000, var), "")
    env["REDIS_URL"] = redis_url(var, env["REDIS_PASSWORD"])
    os.chdir(ROOT)
    os.execve(sys.executable, [sys.executable, "manage.py", *sys.argv[1:]], env)  # noqa: S606


if __name__ == "__main__":
    main()
