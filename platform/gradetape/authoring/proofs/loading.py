"""Company for a trial: what flakes on a busy machine shall do so in a proof, before candidates meet it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Somebody's submission in another slot goes before it, and the trial hardly does.
NICE = 5
# Ends with the worker, however that ends.
SPIN = f"""
import os, sys
os.nice({NICE})
while os.getppid() == int(sys.argv[1]):
    for _ in range(1_000_000):
        pass
"""


@contextmanager
def busy_cores() -> Iterator[None]:
    """Within it every core has something else to do."""
    command = [sys.executable, "-I", "-S", "-c", SPIN, str(os.getpid())]
    spinning = [subprocess.Popen(command) for _ in os.sched_getaffinity(0)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
        for process in spinning:
            process.wait()
