"""A zip that is made while it is sent: nothing of it is ever whole in memory or on a disk."""

import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.utils import timezone

File = tuple[str, bytes]


class _Outlet(io.RawIOBase):
    """A file that a zip is written into and that is emptied as it grows."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def packed(entries: Iterator[File]) -> Iterator[bytes]:
    """The zip, piece by piece."""
    outlet = _Outlet()
    moment = timezone.now().timetuple()[:6]
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name, moment)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(info, content)
            # Small files may still be in the compressor; an empty piece would look like the end.
            if piece := outlet.take():
                yield piece
    yield outlet.take()


def streamed(entries: Iterator[File]) -> AsyncIterator[bytes]:
    """The zip for an answer."""
    return in_a_thread(packed(entries))


async def in_a_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces for an answer, none of them empty: made in a thread, since they come from the database."""
    following = sync_to_async(partial(next, pieces, b""))
    try:
        while piece := await following():
            yield piece
    finally:
        await sync_to_async(close_old_connections)()
