"""Archives: what goes in comes out, and what a stranger put together is refused."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.archives import Bounds, pack, pieces, unpack
from grader.exceptions import ArchiveError

BOUNDS = Bounds(file=2000, all=5000, files=4)
NAMES = st.text("abcé_-. 0", min_size=1, max_size=20).filter(lambda name: name not in {".", ".."})


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


@given(st.dictionaries(NAMES, st.binary(max_size=1200), max_size=4))
def test_what_goes_in_comes_out(files: dict[str, bytes]) -> None:
    archive = pack(files)
    assert unpack(archive, BOUNDS) == files
    assert archive == pack(unpack(archive, BOUNDS)) == b"".join(pieces(files.items()))


def test_every_tar_reads_it() -> None:
    files = {"a": b"1", "folder/b": b"x" * 600, "empty": b""}
    with tarfile.open(fileobj=io.BytesIO(pack(files))) as tar:
        read = {member.name: tar.extractfile(member).read() for member in tar}
    assert read == files
    assert len(pack(files)) % tarfile.RECORDSIZE == 0


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        (b"", "tar archive"),
        (b"not a tar" * 200, "tar archive"),
        (header("a", 600) + b"x" * 599, "end of the archive"),
        (header("a", -512), "plain files"),
        (header("a", 2001) + b"x" * 2560, "at most"),
        (header("a", 1 << 40), "at most"),
        (pack(dict.fromkeys("abcd", b"x" * 1500)), "5000 bytes in all"),
        (pack(dict.fromkeys("abcde", b"")), "4 files"),
        (header("a", 0) + header("a", 0) + bytes(1024), "each file once"),
        (header("a", 0), "tar archive"),
        (pack({"a": b"1"}) + header("b", 0), "nothing after"),
        (header("a", 0, tarfile.GNUTYPE_SPARSE) + bytes(1024), "plain files"),
        (header("a", 0, tarfile.XHDTYPE) + bytes(1024), "plain files"),
        (header("a", 0, tarfile.LNKTYPE) + bytes(1024), "plain files"),
        (header("a", 0, tarfile.CHRTYPE) + bytes(1024), "plain files"),
        (header("a/", 0, tarfile.DIRTYPE) + bytes(1024), "plain files"),
    ],
)
def test_a_stranger_s_archive_is_refused(archive: bytes, message: str) -> None:
    with pytest.raises(ArchiveError, match=message):
        unpack(archive, BOUNDS)


@pytest.mark.parametrize("name", ["../a", "/a", "a/../b", "./a", "a//b", "a/", ".", "a\nb", "a\x1b[2J"])
def test_a_name_that_is_not_plain_is_refused(name: str) -> None:
    with pytest.raises(ArchiveError, match="plain files"):
        unpack(header(name, 0) + bytes(1024), BOUNDS)


@given(st.binary(max_size=1600), st.integers(0, 1535))
def test_noise_is_refused_or_read_and_never_anything_else(noise: bytes, at: int) -> None:
    good = pack({"a": b"1", "b": b"2"})
    try:
        unpack(good[:at] + noise + good[at + len(noise) :], BOUNDS)
    except ArchiveError:
        return
