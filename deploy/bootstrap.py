"""`python3.11 -m deploy.bootstrap run|setup|test`: from a bare machine to what was asked for.

Runs on Python's standard library alone, since it is what installs everything else.
"""

import os
import sys

from deploy.environment import ROOT, ensure_environment
from deploy.exceptions import SetupError
from deploy.system import RUN_PACKAGES, TEST_PACKAGES, ensure_packages

VERSION = (3, 11)


def main(wish: str) -> int:
    """Prepare the machine for a wish and, for `run`, become the launcher."""
    if sys.version_info[:2] != VERSION:
        found = ".".join(map(str, sys.version_info[:2]))
        print(f"GradeTape needs Python 3.11; this is {found}. Try: make {wish} PYTHON=/path/to/python3.11")
        return 1
    try:
        ensure_packages(TEST_PACKAGES if wish == "test" else RUN_PACKAGES)
        python = ensure_environment("worker" if wish == "run" else "dev")
    except SetupError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    if wish == "run":
        os.chdir(ROOT)
        os.execv(python, [str(python), "-m", "deploy.embedded"])  # noqa: S606
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["setup"], ["test"]):
        sys.exit("usage: python3.11 -m deploy.bootstrap run|setup|test")
    sys.exit(main(sys.argv[1]))
