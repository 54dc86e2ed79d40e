"""Projects of the studio: who sees them, their files and what these were before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grader.exceptions import PackageError
from gradetape.accounts.models import Role, User
from gradetape.audit.log import entries_of
from gradetape.authoring import files, history
from gradetape.authoring.actions import projects
from gradetape.authoring.exceptions import BadPath, FileConflict, FileTooLarge, LastAuthor, NoSuchAuthor, SlugTaken
from gradetape.authoring.models import FileVersion, Project

pytestmark = pytest.mark.django_db


@pytest.fixture
def avi(db: None) -> User:
    return User.objects.create_user("avi@example.org", "d-long-password", display_name="Avi", role=Role.AUTHOR)


@pytest.fixture
def ben(db: None) -> User:
    return User.objects.create_user("ben@example.org", "e-long-password", display_name="Ben", role=Role.AUTHOR)


@pytest.fixture
def project(avi, tiny) -> Project:
    return projects.make(slug="halving", contents=tiny("halving").files, by=avi)


def put(project, by, content, revision, path="probes.py", **more):
    return files.write(project=project, path=path, content=content, by=by, revision=revision, **more)


def test_authors_see_their_own_projects_and_admins_all(project, avi, ben, ana, ada):
    seen = {who.email[:3]: Project.objects.visible_to(who).count() for who in (avi, ben, ana, ada)}
    assert seen == {"avi": 1, "ben": 0, "ana": 0, "ada": 1}


def test_an_author_who_is_no_longer_one_sees_nothing(project, avi):
    avi.role = Role.INTERVIEWER
    assert not Project.objects.visible_to(avi).exists()
    avi.role, avi.is_active = Role.AUTHOR, False
    assert not Project.objects.visible_to(avi).exists()


def test_a_project_is_the_package_that_it_was_made_of(project, tiny):
    assert files.package_of(project).digest == tiny("halving").digest


def test_a_package_with_a_missing_file_is_named(project, avi):
    files.remove(project=project, path="probes.py", by=avi, revision=1)
    with pytest.raises(PackageError, match=r"probes\.py"):
        files.package_of(project)


def test_saving_counts_revisions_and_says_who(project, avi, ben):
    project.authors.add(ben)
    saved = put(project, ben, b"# new\n", 1)
    assert (saved.revision, saved.saved_by) == (2, ben)


def test_saving_on_top_of_an_older_revision_is_refused(project, avi):
    put(project, avi, b"# mine\n", 1)
    with pytest.raises(FileConflict):
        put(project, avi, b"# theirs\n", 1)
    assert project.files.get(path="probes.py").text == "# mine\n"


def test_saving_the_same_again_is_no_conflict(project, avi):
    put(project, avi, b"# mine\n", 1)
    assert put(project, avi, b"# mine\n", 1).revision == 2


def test_a_file_made_twice_at_once_is_a_conflict(project, avi):
    put(project, avi, b"1", 0, path="data/public/a.txt")
    with pytest.raises(FileConflict):
        put(project, avi, b"2", 0, path="data/public/a.txt")


def test_a_deleted_file_is_not_written_to(project, avi):
    files.remove(project=project, path="checks.py", by=avi, revision=1)
    with pytest.raises(FileConflict):
        put(project, avi, b"# late\n", 1, path="checks.py")


def test_what_was_deleted_is_in_the_history_and_its_revisions_go_on(project, avi):
    put(project, avi, b"# second\n", 1)
    files.remove(project=project, path="probes.py", by=avi, revision=2)
    assert [one.text for one in history.versions_of(project, "probes.py")] == ["# second\n", "# planted-probe\n"]
    assert put(project, avi, b"# third\n", 0).revision == 3


def test_a_renamed_file_takes_its_history_along(project, avi):
    first, second = "submissions/rejected/one.py", "submissions/rejected/two.py"
    put(project, avi, b"1\n", 0, path=first)
    put(project, avi, b"old\n", 0, path=second)
    files.remove(project=project, path=second, by=avi, revision=1)
    moved = files.rename(project=project, path=first, to=second, by=avi, revision=1)
    assert moved.revision == 2
    assert [(one.revision, one.text) for one in history.versions_of(project, second)] == [(2, "1\n"), (1, "old\n")]


def test_nothing_is_renamed_onto_another_file(project, avi):
    with pytest.raises(BadPath, match="already"):
        files.rename(project=project, path="checks.py", to="probes.py", by=avi, revision=1)


@pytest.mark.parametrize(
    "path",
    ["", "..", "../a.py", "/etc/passwd", "other.py", "data/a.txt", "data/secret/../../a", "submissions/rejected/a.txt",
     "submissions/rejected/b/a.py", "submissions/other/a.py", "data/secret/.hidden", "data//secret/a", "SLUG",
     "data/secret/a\nb", "data/secret/ä.txt", "data/secret/" + "a" * 90, "data\\secret\\a"],
)  # fmt: skip
def test_odd_paths_are_refused(project, avi, path):
    with pytest.raises(BadPath):
        put(project, avi, b"", 0, path=path)


@pytest.mark.parametrize("path", ["explanation.md", "data/secret/deep/er/a.npz", "submissions/cheating/A_b-1.py"])
def test_paths_of_challenges_are_taken(project, avi, path):
    assert put(project, avi, b"1", 0, path=path).path == path


def test_files_of_more_than_a_package_holds_are_refused(project, avi, monkeypatch):
    with pytest.raises(FileTooLarge, match="8 MiB"):
        put(project, avi, b"x" * (8 * 2**20 + 1), 0, path="data/public/big.bin")
    monkeypatch.setattr(files, "MAX_FILES", 8)
    with pytest.raises(FileTooLarge, match="8 files"):
        put(project, avi, b"x", 0, path="data/public/one-more.bin")


def test_a_save_that_throws_much_away_keeps_what_was(project, avi):
    put(project, avi, b"# long\n" * 100, 1)
    put(project, avi, b"", 2)
    assert b"# long\n" * 100 in [bytes(one.content) for one in FileVersion.objects.filter(path="probes.py")]


def test_histories_get_thinner_with_age(project, avi):
    file = project.files.get(path="probes.py")
    FileVersion.objects.filter(path="probes.py").delete()
    for minutes in range(60, 0, -1):
        file.revision, file.saved_at = 100 - minutes, timezone.now() - timedelta(days=10, minutes=minutes)
        history.record(file)
    assert history.versions_of(project, "probes.py").count() <= 2


@pytest.mark.parametrize("slug", ["", "Halving", "halving-", "-a", "a--b", "1a", "a" * 61, "a_b"])
def test_short_names_are_plain(avi, slug):
    with pytest.raises(SlugTaken):
        projects.make(slug=slug, contents={}, by=avi)


def test_a_short_name_is_taken_once(project, avi):
    with pytest.raises(SlugTaken):
        projects.make(slug="halving", contents={}, by=avi)


def test_the_short_name_of_a_challenge_is_for_what_was_made_from_it(avi, version):
    with pytest.raises(SlugTaken, match="Start from it"):
        projects.make(slug="doubling", contents={}, by=avi)
    assert projects.make(slug="doubling", contents={}, by=avi, based_on=version).based_on == version


def test_filling_replaces_all_files_and_keeps_what_they_were(project, avi):
    projects.fill(project=project, contents={"statement.md": b"new"}, by=avi)
    assert files.contents_of(project) == {"statement.md": b"new"}
    assert history.versions_of(project, "probes.py").exists()


def test_authors_are_added_and_the_last_one_stays(project, avi, ben, ana):
    with pytest.raises(NoSuchAuthor):
        projects.share(project=project, who=ana.email, by=avi)
    projects.share(project=project, who=" BEN@example.org", by=avi)
    projects.remove_author(project=project, user_id=avi.pk, by=avi)
    with pytest.raises(LastAuthor):
        projects.remove_author(project=project, user_id=ben.pk, by=ben)


def test_what_is_done_is_in_the_audit_log(project, avi):
    put(project, avi, b"# a\n", 1)
    put(project, avi, b"# b\n", 2)
    files.remove(project=project, path="checks.py", by=avi, revision=1)
    projects.archive(project=project, by=avi)
    actions = [(entry.action, entry.about) for entry in entries_of("project:halving") if entry.action != "file.saved"]
    assert actions == [("project.archived", ""), ("file.deleted", "file:checks.py"), ("project.made", "")]
    assert entries_of("project:halving").filter(action="file.saved", about="file:probes.py").count() == 1
