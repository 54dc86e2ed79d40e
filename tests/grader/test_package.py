"""Packages: what is refused, what comes back the same, what the digest covers."""

from __future__ import annotations

import io
import tarfile

import pytest

from grader import seeds
from grader.exceptions import PackageError
from grader.package import Package, library
from tests.grader.toy import FILES, MANIFEST, toy


def test_an_archive_comes_back_as_the_same_package() -> None:
    package = toy()
    again = Package.from_archive(package.archive())
    assert (again.slug, again.files, again.digest) == (package.slug, package.files, package.digest)
    assert package.archive() == again.archive()


def test_the_digest_covers_slug_names_and_contents() -> None:
    files = {name: text.encode() for name, text in FILES.items()}
    digests = {
        Package("toy", files).digest,
        Package("boy", files).digest,
        toy(review_md="Ask how.").digest,
        Package("toy", {**files, "data/public/a": b""}).digest,
    }
    assert len(digests) == 4


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("points = 40", "points = 41", "add up to 100, received 101"),
        ('id = "scalar"', 'id = "hidden_array"', "twice"),
        ('part = "only"\npoints = 40', 'part = "other"\npoints = 40', "expected a part out of"),
        ("sample = true", "sample = false", "at least one case with sample"),
        ('hint = "Not too large."', "", "hint"),
        ('hint = "Not too large."', 'hint = ""', "hint"),
        ('kind = "coding"', 'kind = "riddle"', "riddle"),
        ("minutes = 5", "minutes = 5\ncolour = 1", "colour"),
        ("minutes = 5", "minutes =", "TOML"),
        ('runtime = "keras3"', 'runtime = "torch"', "torch"),
    ],
)
def test_a_manifest_that_does_not_hold_names_the_place(old: str, new: str, message: str) -> None:
    assert old in MANIFEST
    with pytest.raises(PackageError, match=message):
        toy(manifest_toml=MANIFEST.replace(old, new, 1))


@pytest.mark.parametrize("name", ["challenge.toml", "statement.md", "starter.py", "probes.py", "reference.py"])
def test_a_missing_file_is_named(name: str) -> None:
    with pytest.raises(PackageError, match=name):
        Package("toy", {other: text.encode() for other, text in FILES.items() if other != name})


def archive_with(member: tarfile.TarInfo, content: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:") as tar:
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../evil", tarfile.REGTYPE),
        ("/etc/passwd", tarfile.REGTYPE),
        ("link", tarfile.SYMTYPE),
        ("fifo", tarfile.FIFOTYPE),
    ],
)
def test_archives_are_checked_member_by_member(name: str, kind: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.type = kind
    with pytest.raises(PackageError, match="plain files"):
        Package.from_archive(archive_with(member))


def test_something_that_is_no_archive_is_refused() -> None:
    with pytest.raises(PackageError, match="expected a tar archive"):
        Package.from_archive(b"PK\x03\x04 not a tar")


def test_the_pool_of_seeds_follows_from_the_digest() -> None:
    package = toy()
    assert seeds.pool(package) == seeds.pool(toy())
    assert len(set(seeds.pool(package))) == seeds.POOL
    assert seeds.pool(package) != seeds.pool(toy(review_md="Ask how."))
    assert seeds.draw(package) in seeds.pool(package)


@pytest.mark.parametrize("slug", ["custom-layer", "custom-loss", "training-loop"])
def test_the_repositorys_challenges_load(slug: str) -> None:
    package = Package.from_folder(library()[slug])
    assert sum(case.points for case in package.cases) == 100


def test_the_explanation_is_a_file_or_the_reference_s_own_words() -> None:
    words = '"""Twice.\n\n    y = 2 x\n"""\nx = 1\n'
    assert toy(reference_py=words).explanation == "Twice.\n\n    y = 2 x"
    assert toy(reference_py=words, explanation_md="Why.").explanation == "Why."
    assert toy(reference_py="x = 1\n").explanation == ""
    assert toy(reference_py="def").explanation == ""
    assert toy(reference_py="x" + ".y" * 20_000).explanation == "", "deeper than Python reads"
    assert toy(reference_py=words).reference == words
