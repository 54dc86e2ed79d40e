"""How packages become challenges, and that a published version stays what it is."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db.models import ProtectedError

from grader.seeds import pool
from gradetape.catalog.actions import publish
from gradetape.catalog.exceptions import VersionIsFinal
from gradetape.catalog.models import Challenge, ChallengeVersion, VersionArchive
from gradetape.catalog.packages import draw_seed, package_of
from gradetape.catalog.statements import render

pytestmark = pytest.mark.django_db


def test_publishing_makes_a_challenge_with_a_live_version(tiny):
    done = publish(package=tiny())
    challenge = Challenge.objects.get(slug="doubling")
    assert (done.created, done.changed, challenge.live) == (True, True, done.version)
    assert (challenge.title, challenge.topics, challenge.minutes) == ("Doubling", ["numbers", "warm-up"], 10)


def test_publishing_the_same_package_again_changes_nothing(tiny):
    first, again = publish(package=tiny()), publish(package=tiny())
    assert (again.created, again.changed, again.version) == (False, False, first.version)
    assert ChallengeVersion.objects.count() == VersionArchive.objects.count() == 1


def test_a_changed_package_is_a_new_version_and_the_old_one_stays(tiny):
    first = publish(package=tiny()).version
    second = publish(package=tiny(statement="Other words.\n")).version
    assert (first.number, second.number) == (1, 2)
    assert Challenge.objects.get().live == second
    assert ChallengeVersion.objects.get(pk=first.pk).statement == "# Doubling\n\nDouble it.\n"


def test_going_back_to_an_earlier_package_makes_its_version_live_again(tiny):
    first = publish(package=tiny()).version
    publish(package=tiny(statement="Other words.\n"))
    back = publish(package=tiny())
    assert (back.created, back.changed, back.version) == (False, True, first)


def test_a_published_version_can_not_be_changed(version):
    version.starter = "something else"
    with pytest.raises(VersionIsFinal):
        version.save()


def test_a_published_version_can_not_be_deleted(version):
    with pytest.raises(ProtectedError):
        version.delete()


def test_a_version_knows_no_hints_and_no_seeds(version):
    row = ChallengeVersion.objects.filter(pk=version.pk).values().get()
    assert "hint" not in str(row)
    assert not any(str(seed) in str(row) for seed in version.archive.seeds)


def test_the_package_comes_back_out_of_the_database_as_it_was(tiny, version):
    assert package_of(version.digest).files == tiny().files


def test_a_seed_is_one_of_those_that_workers_prepare(tiny, version):
    assert draw_seed(version) in pool(tiny())


def test_parts_carry_the_points_of_their_cases(version):
    assert [(part["title"], part["points"], len(part["cases"])) for part in version.parts_with_cases()] == [
        ("The basics", 75, 2),
        ("The edges", 25, 1),
    ]


def test_import_publishes_folders_and_says_what_it_did(tiny, tmp_path):
    folder = tmp_path / "doubling"
    for name, content in tiny().files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert imported(folder) == "doubling: published, version 1\n"
    assert imported(folder) == "doubling: unchanged, version 1\n"


def test_import_fails_for_a_bad_package_and_publishes_the_others(tmp_path):
    (tmp_path / "broken").mkdir()
    with pytest.raises(CommandError, match="1 of 1"):
        imported(tmp_path / "broken")


def imported(folder) -> str:
    out = io.StringIO()
    call_command("challenges", "import", str(folder), stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "<a href='data:text/html,x'>x</a>",
        "<p style='position:fixed'>x</p>",
        "<details ontoggle=alert(1) open>x</details>",
        "<iframe src=//evil></iframe>",
        "<form action=//evil><input></form>",
    ],
)
def test_a_statement_can_do_nothing(attack):
    html = render(f"Words.\n\n{attack}\n")
    for bad in ("<script", "onerror", '="javascript:', '="data:', "style=", "ontoggle", "<iframe", "<form", "<img"):
        assert bad not in html


def test_a_statement_keeps_its_tables_code_and_details():
    code = "```python\ndef f(): return 1\n```"
    html = render(f"| a |\n| -: |\n| 1 |\n\n{code}\n\n<details><summary>Hint</summary>\n\nx\n\n</details>\n")
    assert '<td class="align-right">1</td>' in html
    assert '<span class="k">def</span>' in html
    assert "<summary>Hint</summary>" in html


def test_the_title_of_a_statement_is_left_to_the_page():
    assert render("# Title\n\nText.\n") == "<p>Text.</p>\n"


def test_code_in_an_unknown_language_is_shown_plain():
    assert "&lt;b&gt;" in render("```nonsense\n<b>\n```\n")
