"""What is said on the zygote's socket:

one request, and two answers. Sequenced packets of JSON, with descriptors beside the request.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from grader.jail.join import Rlimits

MAX_PACKET = 4096
GO = b"go"
SETTLING_FAILED = 111
Role = Literal["probes", "replays", "checks"]


class Request(msgspec.Struct, frozen=True):
    """Fork into the jail whose pidfd comes with this, beside the channel, stdout and stderr (in that order).

    `counted`: the process will be in a cgroup, which counts its memory.
    """

    role: Role
    uid: int | None
    limits: Rlimits
    counted: bool


class Forked(msgspec.Struct, frozen=True):
    """The child's pid outside the jail. It waits for GO, so that it can be put into its cgroup first."""

    pid: int


class Exited(msgspec.Struct, frozen=True):
    """How the jailed process ended: its wait status, and the CPU seconds of it and of what it waited for."""

    status: int
    cpu_s: float
