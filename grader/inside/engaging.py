"""Leaving the reserve: a process that waited in its jail is told what it may use, before it is given anything to do."""

from __future__ import annotations

import socket
from typing import Any

from grader.frames import FrameReader
from grader.inside import outputs
from grader.jail.join import limit_use
from grader.protocol import Engage


def wait(reader: FrameReader[Any], channel: socket.socket) -> bool:
    """Wait to be engaged, and lower the limits. False when the worker lets the process go instead."""
    outputs.settle()
    engage = reader.read(channel)
    if not isinstance(engage, Engage):
        return False
    limit_use(engage.cpu_seconds, engage.data_bytes)
    return True
