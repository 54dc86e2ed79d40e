"""Who the processes of a jail are, seen from the host.

Root inside a jail must never be root outside it. Started by root, each slot and role has an unprivileged host uid of
its own: a user namespace maps 1000 to it (and 0 to 0, which bubblewrap needs while it mounts), and the joiner becomes
1000 before anything of the candidate's runs. Started by an ordinary user, bubblewrap makes the namespace and
everything runs as that user.

See user_namespaces(7).
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from grader.exceptions import JailError

INSIDE_UID = 1000
UID_BASE = 0x70000000
ROLES = ("solve", "replay", "reference", "check")


@dataclass(frozen=True)
class Identity:
    """`userns` is the namespace's descriptor, and `uid` what the joiner becomes; both None for an ordinary user's
    jails.
    """

    userns: int | None = None
    uid: int | None = None

    def close(self) -> None:
        """Let go of the namespace."""
        if self.userns is not None:
            os.close(self.userns)


def identities(slot: int) -> dict[str, Identity]:
    """An identity for each role of a slot. Raises JailError when root can't make the namespaces."""
    if os.geteuid() != 0:
        return {role: Identity() for role in ROLES}
    first = UID_BASE + slot * len(ROLES)
    return {role: Identity(_mapped_namespace(first + index), INSIDE_UID) for index, role in enumerate(ROLES)}


def _mapped_namespace(host_uid: int) -> int:
    """A descriptor of a fresh user namespace that maps 0 to 0 and 1000 to `host_uid`."""
    command = ["unshare", "--user", "/bin/sh", "-c", "echo; read x"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdin
        assert process.stderr
        try:
            if not process.stdout.readline():
                raise JailError(f"unshare --user failed: {process.stderr.read().decode(errors='replace').strip()}")
            proc = Path(f"/proc/{process.pid}")
            for name in ("uid_map", "gid_map"):
                (proc / name).write_text(f"0 0 1\n{INSIDE_UID} {host_uid} 1\n")
            return os.open(proc / "ns" / "user", os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise JailError(f"the user namespace of host uid {host_uid} could not be made: {error}") from error
        finally:
            process.stdin.close()
