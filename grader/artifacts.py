"""What a probe may hand over to its replay half: a few regular files under plain relative names.

Both ends hold to these limits: the jail, which says in words what is wrong, and the worker, which believes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MAX_FILES = 64
MAX_BYTES = 32 << 20
MAX_NAME = 200
REPLAY = "Replay"
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


class ArtifactRefused(ValueError):
    """Something can't be handed over. The message says what was expected and what was received."""


@dataclass
class Artifacts:
    """Files by their names, counted as they come."""

    files: dict[str, bytes] = field(default_factory=dict)
    size: int = 0

    def add(self, name: str, content: bytes) -> None:
        """Take one file. Raises ArtifactRefused."""
        if len(name) > MAX_NAME or not _NAME.fullmatch(name):
            raise ArtifactRefused(
                f"expected a relative name of letters, digits, '.', '_' and '-', received {name[:MAX_NAME]!r}"
            )
        if name in self.files:
            raise ArtifactRefused(f"expected each name once, received {name!r} twice")
        if len(self.files) >= MAX_FILES:
            raise ArtifactRefused(f"expected at most {MAX_FILES} files, received more")
        self.size += len(content)
        if self.size > MAX_BYTES:
            raise ArtifactRefused(f"expected at most {MAX_BYTES >> 20} MiB in all, received more")
        self.files[name] = content
