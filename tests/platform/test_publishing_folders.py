"""Challenges as folders under git: written out, read back the same, compared, and never silently overwritten."""

import io

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader.package import Package
from gradetape.catalog import folders
from gradetape.catalog.actions import publish
from gradetape.catalog.models import ChallengeVersion, Origin

pytestmark = pytest.mark.django_db
NAMES = st.from_regex(r"[a-z0-9_][a-z0-9_-]{0,8}", fullmatch=True)
PATHS = st.one_of(
    st.sampled_from(["challenge.toml", "probes.py", "reference.py", "review.md"]),
    st.builds("data/secret/{}.bin".format, NAMES),
    st.builds("submissions/rejected/{}.py".format, NAMES),
)
CONTENTS = st.dictionaries(PATHS, st.binary(max_size=300), max_size=8)


def run(*arguments) -> str:
    out = io.StringIO()
    call_command("challenges", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def files_of(root) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CONTENTS, CONTENTS)
@example({"reference.py": b""}, {})
def test_what_is_written_is_what_is_there_whatever_was_before(tmp_path_factory, before, after):
    root = tmp_path_factory.mktemp("root")
    for contents in (before, after, after):
        folders.write(root, "some-slug", contents)
        expected = {
            f"challenges/some-slug/{path}": content for path, content in contents.items() if path != "reference.py"
        }
        if "reference.py" in contents:
            expected["reference/some_slug.py"] = contents["reference.py"]
        assert files_of(root) == expected


def test_an_exported_version_is_imported_as_the_same(tiny, version, tmp_path):
    assert run("export", "--to", tmp_path) == "doubling: written, version 1\n"
    assert Package.from_folder(tmp_path / "challenges" / "doubling").digest == version.digest
    assert run("import", tmp_path / "challenges" / "doubling") == "doubling: unchanged, version 1\n"
    assert run("export", "--to", tmp_path) == "doubling: as it was, version 1\n"


def test_a_folder_that_differs_is_not_overwritten_unless_one_says_so(version, tmp_path):
    run("export", "--to", tmp_path)
    mine = tmp_path / "challenges" / "doubling" / "probes.py"
    mine.write_text("# mine\n")
    with pytest.raises(CommandError, match="1 of 1"):
        run("export", "--to", tmp_path)
    assert mine.read_text() == "# mine\n"
    run("export", "doubling", "--to", tmp_path, "--force")
    assert mine.read_text() == "# planted-probe\n"


def test_other_challenges_and_files_beside_are_left_alone(version, tmp_path):
    beside = tmp_path / "challenges" / "other" / "challenge.toml"
    beside.parent.mkdir(parents=True)
    beside.write_text("x")
    run("export", "--to", tmp_path)
    assert beside.read_text() == "x"


def test_nothing_is_written_through_a_link(version, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    (root / "challenges" / "doubling").mkdir(parents=True)
    (root / "challenges" / "doubling" / "data").symlink_to(outside)
    with pytest.raises(CommandError):
        run("export", "--to", root, "--force")
    assert not list(outside.iterdir())


@pytest.mark.parametrize("path", ["../x", "/tmp/x", "data/../../x"])
def test_nothing_is_written_outside(tmp_path, path):
    with pytest.raises(ValueError, match="below the folder"):
        folders.write(tmp_path / "root", "slug", {path: b"x"})


def test_status_names_each_file_that_differs(version, tmp_path):
    run("export", "--to", tmp_path)
    folder = tmp_path / "challenges" / "doubling"
    (folder / "probes.py").write_text("# mine\n")
    (folder / "checks.py").unlink()
    (folder / "explanation.md").write_text("Why.\n")
    assert run("status", "--to", tmp_path).splitlines() == [
        f"doubling: version 1 {version.digest[:12]}, the folder differs",
        "  - checks.py",
        "  + explanation.md",
        "  ~ probes.py",
    ]


def test_status_tells_of_folders_that_are_no_packages_and_of_new_ones(version, tmp_path):
    run("export", "--to", tmp_path)
    (tmp_path / "challenges" / "doubling" / "challenge.toml").write_text("broken =")
    (tmp_path / "challenges" / "new").mkdir()
    (tmp_path / "challenges" / "new" / "challenge.toml").write_text("")
    said = run("status", "--to", tmp_path)
    assert "  ~ challenge.toml" in said
    assert "new: not published" in said


@pytest.fixture
def of_the_studio(tiny, version) -> ChallengeVersion:
    return publish(package=tiny(statement="# By the studio\n"), origin=Origin.STUDIO, note="Clearer.").version


def test_import_leaves_what_the_studio_published_and_says_so(of_the_studio, version, tiny, tmp_path):
    folders.write(tmp_path, "doubling", tiny().files)
    said = run("import", tmp_path / "challenges" / "doubling")
    assert "doubling: kept, version 2 was made live in the studio" in said
    assert "  ~ statement.md" in said
    of_the_studio.challenge.refresh_from_db()
    assert of_the_studio.challenge.live == of_the_studio


@pytest.mark.parametrize("words", [["--force"], ["--note", "Back to the shorter one."]])
def test_import_replaces_it_when_one_says_so(of_the_studio, tiny, tmp_path, words):
    folders.write(tmp_path, "doubling", {**tiny().files, "review.md": b"new\n"})
    assert "published, version 3" in run("import", tmp_path / "challenges" / "doubling", *words)
    newest = ChallengeVersion.objects.get(number=3)
    assert (newest.origin, newest.note) == (Origin.FOLDER, words[1] if len(words) > 1 else "")


def test_import_of_what_the_studio_published_is_no_change(of_the_studio, tmp_path, tiny):
    run("export", "--to", tmp_path)
    assert run("import", tmp_path / "challenges" / "doubling") == "doubling: unchanged, version 2\n"
