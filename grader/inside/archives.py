"""Archives among what was handed over (.keras and .npz are zip files): looked at before anything unpacks them."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from grader.artifacts import ArtifactRefused

MAX_MEMBERS = 2000
MAX_UNPACKED = 128 << 20
_ENCRYPTED = 0x1


def examine(folder: Path) -> None:
    """Look at every zip file below `folder`, whatever its name. Raises ArtifactRefused for one that is unsafe."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and zipfile.is_zipfile(path):
            _examine(path)


def _examine(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise ArtifactRefused(f"expected a readable archive in {path.name}, received a broken one ({error})") from error
    if len(members) > MAX_MEMBERS:
        raise ArtifactRefused(f"expected at most {MAX_MEMBERS} members in {path.name}, received {len(members)}")
    size = sum(member.file_size for member in members)
    if size > MAX_UNPACKED:
        raise ArtifactRefused(
            f"expected at most {MAX_UNPACKED >> 20} MiB unpacked from {path.name}, received {size >> 20} MiB"
        )
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        mode = member.external_attr >> 16
        if name.is_absolute() or ".." in name.parts or member.flag_bits & _ENCRYPTED or stat.S_ISLNK(mode):
            raise ArtifactRefused(
                f"expected plain members below its own folder in {path.name}, received {member.filename[:200]!r}"
            )
