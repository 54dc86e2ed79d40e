"""Makes the archives that archives.toml describes."""

from __future__ import annotations

import gzip
import io
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

ARCHIVES: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "archives.toml").read_text("utf-8"))
TYPES = {
    "file": tarfile.REGTYPE, "link": tarfile.SYMTYPE, "hard link": tarfile.LNKTYPE, "pipe": tarfile.FIFOTYPE,
    "device": tarfile.CHRTYPE, "folder": tarfile.DIRTYPE,
}  # fmt: skip


def made(name: str) -> bytes:
    """The archive of that name."""
    about = ARCHIVES[name]
    members = about.get("members") or [{"name": f"data/secret/{at}"} for at in range(about.get("count", 0))]
    if about["kind"] == "text":
        return b"These are words and no archive.\n" * 40
    archive = _zip(members) if about["kind"] == "zip" else _tar(members)
    archive = gzip.compress(archive) if about["kind"] == "tar.gz" else archive
    return archive[: -about["cut"]] if "cut" in about else archive


def _tar(members: list[dict[str, Any]]) -> bytes:
    pieces = []
    for member in members:
        content = b"\0" * member.get("repeat", 0)
        info = tarfile.TarInfo(member["name"])
        info.type, info.linkname = TYPES[member.get("type", "file")], member.get("to", "")
        info.size = member.get("announced", len(content))
        pieces += [info.tobuf(tarfile.GNU_FORMAT), content, b"\0" * (-len(content) % tarfile.BLOCKSIZE)]
    return b"".join([*pieces, b"\0" * 2 * tarfile.BLOCKSIZE])


def _zip(members: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            info = zipfile.ZipInfo("placeholder")
            info.filename = member["name"]
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, member.get("mode", 0o100600) << 16
            archive.NameToInfo.clear()  # or it would warn of a name that comes twice
            archive.writestr(info, b"\0" * member.get("repeat", 0))
    return buffer.getvalue()
