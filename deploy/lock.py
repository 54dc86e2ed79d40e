"""Compiles requirements/*.in: each set pinned with hashes, and agreeing with the smaller set inside it."""

import shutil
import subprocess
import sys

from deploy.environment import ROOT

# Each set, and the smaller one inside it, whose versions it keeps.
ORDER = {"web": None, "worker": "web", "dev": "worker", "gpu": "worker"}
# Locks name packages and hashes only: where an index lies is the machine's own business.
OPTIONS = (
    "--quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header "
    "--python-version 3.11 --python-platform x86_64-manylinux_2_28"
).split()


def main() -> int:
    """Write every lock; arguments (say --upgrade) go to uv."""
    uv = shutil.which("uv")
    if uv is None:
        print("Compiling the locks needs uv: pip install uv (outside .venv)", file=sys.stderr)
        return 1
    requirements = ROOT / "requirements"
    for name, smaller in ORDER.items():
        inside = ["--constraint", f"{smaller}.txt"] if smaller else []
        command = [uv, "pip", "compile", *OPTIONS, *sys.argv[1:], *inside, f"{name}.in", "--output-file", f"{name}.txt"]
        done = subprocess.run(command, cwd=requirements, check=False)
        if done.returncode != 0:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
