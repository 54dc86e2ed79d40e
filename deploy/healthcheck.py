"""`python -m deploy.healthcheck ADDRESS|FILE`: exit 0 when a container's part is well. Standard library alone.

An address must answer 200. A file must have been written within the last minute.
"""

import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

# Beat touches its note every few seconds; a sweep may wait this long for a database that is coming back.
FRESH = 60.0


def answers(address: str) -> bool:
    """Whether the web server says that database and Redis are there; a missing worker is not its fault."""
    try:
        with urllib.request.urlopen(address, timeout=4) as answer:  # noqa: S310 - the container's own http address
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def is_fresh(file: Path) -> bool:
    """Whether the file was written within FRESH seconds."""
    try:
        return time.time() - file.stat().st_mtime < FRESH
    except FileNotFoundError:
        return False


def main(subject: str) -> int:
    """The exit code for what is asked about."""
    well = answers(subject) if subject.startswith("http") else is_fresh(Path(subject))
    return 0 if well else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m deploy.healthcheck ADDRESS|FILE")
    sys.exit(main(sys.argv[1]))
