"""Standard output and error inside a jail: line by line, so that nothing printed is lost when the process is ended."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress

from grader.jail.bubblewrap import WORK


def settle() -> None:
    """Give this fork of the zygote streams of its own, and an environment that points into the jail."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = io.TextIOWrapper(
            io.FileIO(descriptor, "w", closefd=False),
            encoding="utf-8",
            errors="replace",
            line_buffering=True,
            write_through=True,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, "r", closefd=False), encoding="utf-8")
    os.environ.update({"HOME": WORK, "TMPDIR": "/tmp", "KERAS_HOME": f"{WORK}/.keras"})  # noqa: S108 - paths inside the jail
    os.environ.pop("PYTHONPATH", None)
    sys.argv = ["solution.py"]


def flush() -> None:
    """Push out what the candidate's code printed. It may have closed or replaced its streams: that is its own loss."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # a stream of the candidate's own making may raise anything
            stream.flush()
