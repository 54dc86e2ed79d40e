"""Packages in and out: archives that come back the same, and hostile ones that don't come in."""

import io
import tarfile
import zipfile
import zlib
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support import signed_in

from grader.package import MAX_ALL, Package
from gradetape.accounts.models import Role, User
from gradetape.authoring import archives, files
from gradetape.authoring.actions import projects
from gradetape.authoring.archives import BadArchive, packed, unpacked
from gradetape.authoring.models import Project
from gradetape.authoring.starting import template
from gradetape.intake import limited
from tests.hostile.packages.making import ARCHIVES, made

HOME = "/studio/projects/scaling/"
PIECES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}", fullmatch=True).filter(
    lambda name: "__pycache__" not in name
)
PATHS = st.one_of(
    st.sampled_from(files.TOP),
    st.builds("submissions/{}/{}.py".format, st.sampled_from(["accepted", "rejected", "cheating"]), PIECES),
    st.builds("data/secret/{}".format, PIECES),
    st.builds("data/public/{}/{}".format, PIECES, PIECES),
).filter(lambda path: not any(litter in path for litter in ("Thumbs.db", ".DS_Store", "__pycache__")))
CONTENTS = st.dictionaries(PATHS, st.binary(max_size=2000), min_size=1, max_size=12)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture
def avi(db: None) -> User:
    return User.objects.create_user("avi@example.org", "d-long-password", display_name="Avi", role=Role.AUTHOR)


@pytest.fixture
def as_avi(avi) -> Client:
    return signed_in(avi)


@pytest.fixture
def project(avi) -> Project:
    return projects.make(slug="scaling", contents=template.files("Scaling"), by=avi)


def tar(contents: dict[str, bytes], mode: str = "w:", folder: str = "") -> bytes:
    """As people make one: with entries for folders, and names as tar writes them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        if folder:
            entry = tarfile.TarInfo(folder)
            entry.type = tarfile.DIRTYPE
            archive.addfile(entry)
        for name, content in contents.items():
            entry = tarfile.TarInfo(f"{folder}{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def zipped(contents: dict[str, bytes], folder: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if folder:
            archive.mkdir(folder)
        for name, content in contents.items():
            archive.writestr(f"{folder}{name}", content)
    return buffer.getvalue()


def send(client, content: bytes, address: str = f"{HOME}upload/", **more):
    return client.post(address, {"archive": SimpleUploadedFile("a.tar", content), **more})


@QUICK
@given(CONTENTS)
@example({"data/secret/" + "a" * 50 + "/" + "b" * 30: b""})
def test_what_goes_out_comes_back_the_same(contents):
    found = unpacked(packed("some-slug", contents))
    assert (found.slug, found.files) == ("some-slug", contents)
    assert packed("some-slug", contents) == packed("some-slug", dict(reversed(contents.items())))


@QUICK
@given(CONTENTS, st.sampled_from(["", "my-challenge/"]))
def test_archives_that_people_make_are_read(contents, folder):
    for archive in (tar(contents, folder=folder), tar(contents, "w:gz", folder), zipped(contents, folder)):
        found = unpacked(archive).files
        # Without a folder around them, files that all lie in one may look like being in such a folder.
        assert found == contents


@QUICK
@given(st.binary(max_size=1500))
@example(b"PK\x03\x04" + b"\0" * 60)
@example(b"\x1f\x8b" + b"\0" * 60)
def test_any_bytes_are_an_archive_or_are_refused(content):
    with suppress(BadArchive):
        unpacked(content)


@QUICK
@given(st.data())
def test_a_damaged_archive_is_read_or_refused(data):
    archive = bytearray(data.draw(st.sampled_from([tar(GOOD), tar(GOOD, "w:gz"), zipped(GOOD)])))
    for _ in range(data.draw(st.integers(1, 4))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    with suppress(BadArchive):
        unpacked(bytes(archive))


GOOD = {"challenge.toml": b'title = "x"\n', "probes.py": b"x = 1\n" * 50, "data/secret/a.bin": bytes(range(256))}


@pytest.mark.parametrize("name", ARCHIVES)
def test_hostile_archives_are_refused_with_words(name):
    with pytest.raises(BadArchive, match=ARCHIVES[name]["words"]):
        unpacked(made(name))


def test_a_gzip_that_grows_without_end_is_stopped_early(monkeypatch):
    taken = 0

    class Counted:
        def __init__(self, reader):
            self.reader = reader

        def decompress(self, data, most):
            nonlocal taken
            piece = self.reader.decompress(data, most)
            taken += len(piece)
            return piece

        def __getattr__(self, name):
            return getattr(self.reader, name)

    make = zlib.decompressobj
    monkeypatch.setattr(archives.zlib, "decompressobj", lambda **how: Counted(make(**how)))
    with pytest.raises(BadArchive, match="once it is unpacked"):
        unpacked(made("gzip-bomb"))
    assert taken < MAX_ALL + 2**20


def test_what_systems_add_is_left_out():
    contents = {
        "my/probes.py": b"1",
        "__MACOSX/my/._probes.py": b"x",
        "my/.DS_Store": b"x",
        "my/__pycache__/a.pyc": b"x",
    }
    assert unpacked(zipped(contents)).files == {"probes.py": b"1"}


@pytest.mark.django_db
def test_a_project_comes_down_and_goes_up_again(as_avi, project):
    answer = as_avi.get(f"{HOME}download/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="scaling.tar"'
    assert Package.from_archive(answer.content).digest == files.package_of(project).digest
    assert "Nothing differs" in send(as_avi, answer.content).content.decode()


@pytest.mark.django_db
def test_a_published_version_comes_down_for_authors_alone(as_avi, as_ana, version):
    answer = as_avi.get("/studio/published/doubling/1/")
    assert Package.from_archive(answer.content).digest == version.digest
    assert as_ana.get("/studio/published/doubling/1/").status_code == 404
    assert as_avi.get("/studio/published/doubling/2/").status_code == 404


@pytest.mark.django_db
def test_an_upload_shows_what_differs_before_it_replaces_anything(as_avi, project):
    before = files.contents_of(project)
    after = {**before, "probes.py": before["probes.py"] + b"# one more line\n", "checks.py": b"x = 1\n"}
    del after["review.md"]
    page = send(as_avi, tar(after))
    assert [(one.path, one.kind) for one in page.context["changes"]] == [
        ("checks.py", "new"), ("probes.py", "changed"), ("review.md", "gone"),
    ]  # fmt: skip
    assert "# one more line" in page.content.decode()
    assert files.contents_of(project) == before
    as_avi.post(f"{HOME}replace/", {"waiting": page.context["waiting"]})
    assert files.contents_of(project) == after


@pytest.mark.django_db
def test_an_upload_on_top_of_a_change_is_refused(as_avi, project, avi):
    page = send(as_avi, tar({"probes.py": b"x"}))
    files.write(project=project, path="probes.py", content=b"# typed since\n", by=avi, revision=1)
    as_avi.post(f"{HOME}replace/", {"waiting": page.context["waiting"]})
    assert files.contents_of(project)["probes.py"] == b"# typed since\n"


@pytest.mark.django_db
def test_an_upload_is_its_uploaders_alone(as_avi, project, ada):
    page = send(as_avi, tar({"probes.py": b"x"}))
    signed_in(ada).post(f"{HOME}replace/", {"waiting": page.context["waiting"]})
    assert "statement.md" in files.contents_of(project)


@pytest.mark.django_db
def test_a_project_begins_from_an_archive(as_avi, tiny):
    answer = send(as_avi, tiny("halving").archive(), "/studio/upload/")
    assert answer.headers["Location"] == "/studio/projects/halving/"
    assert files.package_of(Project.objects.get()).digest == tiny("halving").digest


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/studio/upload/", f"{HOME}upload/"])
def test_a_refused_archive_says_why_on_the_page(as_avi, project, address):
    answer = send(as_avi, made("link"), address)
    assert answer.status_code == 400
    assert "a link" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "size", "taken"),
    [
        ("/studio/upload/", 16 * 2**20, True),
        ("/studio/projects/some-slug/upload/", 16 * 2**20, True),
        ("/studio/projects/some-slug/files/", 16 * 2**20, True),
        ("/studio/upload/", 18 * 2**20, False),
        ("/studio/projects/some-slug/files/probes.py/", 2**20, False),
        ("/challenges/studio/upload/", 2**20, False),
    ],
)
async def test_only_where_archives_are_taken_may_a_request_be_large(path, size, taken):
    came, answers = [], []

    async def application(scope, receive, send):
        came.append(scope["path"])

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        answers.append(message.get("status"))

    scope = {"type": "http", "path": path, "headers": [(b"content-length", str(size).encode())]}
    await limited(application)(scope, receive, send)
    assert (bool(came), answers[:1]) == ((True, []) if taken else (False, [413]))
