"""Versions that go live again, challenges that leave the catalogue, and two publishers at once."""

import io
import json
import threading

import pytest
from django.core.management import call_command
from django.db import connection

from gradetape.catalog import folders
from gradetape.catalog.actions import Over, bring_back, publish, roll_back, withdraw
from gradetape.catalog.exceptions import LiveChanged, NotLive, NotWithdrawn
from gradetape.catalog.models import Challenge, ChallengeVersion, Origin
from gradetape.interviews.actions.setup import duplicate, open_up
from gradetape.interviews.exceptions import NotPublished

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(tiny, version, ana) -> ChallengeVersion:
    """Version 2, out of the studio, with another title."""
    manifest = tiny().files["challenge.toml"].decode().replace('"Doubling"', '"Twice"').replace("warm-up", "cold")
    return publish(package=tiny(manifest=manifest), origin=Origin.STUDIO, note="Said better.", by=ana).version


def imported(tmp_path, package, *options: str) -> str:
    folders.write(tmp_path, package.slug, package.files)
    out = io.StringIO()
    call_command("challenges", "import", str(tmp_path / "challenges" / package.slug), *options, stdout=out)
    return out.getvalue()


def live() -> Challenge:
    return Challenge.objects.select_related("live").get(slug="doubling")


def test_a_version_says_who_published_it(second, version, ana):
    assert (second.published_by, second.note) == (ana, "Said better.")
    assert version.published_by is None


def test_what_a_challenge_says_of_itself_follows_the_version_that_is_live(second, version):
    assert (live().title, live().live) == ("Twice", second)
    done = roll_back(version=version, over=Over(second.pk))
    assert (done.created, done.changed, done.version) == (False, True, version)
    assert (live().title, live().live) == ("Doubling", version)
    assert set(live().topic_rows.values_list("name", flat=True)) == {"numbers", "warm-up"}
    assert ChallengeVersion.objects.count() == 2


def test_nothing_goes_live_over_what_nobody_has_looked_at(second, version, tiny):
    with pytest.raises(LiveChanged):
        roll_back(version=version, over=Over(version.pk + 100))
    with pytest.raises(LiveChanged):
        publish(package=tiny(statement="# Third\n"), over=Over(version.pk))
    assert live().live == second
    assert ChallengeVersion.objects.count() == 2


def test_what_is_live_already_is_no_conflict(second, tiny, version):
    done = roll_back(version=second, over=Over(version.pk))
    assert (done.created, done.changed) == (False, False)


def test_withdrawn_and_brought_back(second, ana):
    assert withdraw(challenge=live()) == second
    assert not Challenge.objects.visible_to(ana).exists()
    with pytest.raises(NotLive):
        withdraw(challenge=live())
    assert bring_back(challenge=live()) == second
    assert (live().live, live().withdrawn) == (second, None)
    with pytest.raises(NotWithdrawn):
        bring_back(challenge=live())


def test_publishing_brings_it_back_too(second, tiny):
    withdraw(challenge=live())
    third = publish(package=tiny(statement="# Third\n"), over=Over(None)).version
    assert (third.number, live().live, live().withdrawn) == (3, third, None)


def test_import_undoes_nothing_that_was_decided_in_the_studio(version, tiny, tmp_path):
    newer = tiny(statement="# Newer\n")
    publish(package=newer)
    roll_back(version=version)
    assert "doubling: kept, version 1 was made live in the studio" in imported(tmp_path, newer)
    withdraw(challenge=live())
    assert "doubling: kept as it is, withdrawn in the studio" in imported(tmp_path, newer)
    assert live().live is None
    assert imported(tmp_path, newer, "--force") == "doubling: live again, version 2\n"
    assert imported(tmp_path, tiny()) == "doubling: live again, version 1\n"


@pytest.mark.django_db(transaction=True)
def test_of_two_publishers_at_once_one_sees_that_the_other_was_first(version, tiny):
    told: list[str] = []
    both = threading.Barrier(2)

    def attempt(number: int) -> None:
        both.wait()
        try:
            done = publish(package=tiny(statement=f"# By {number}\n"), over=Over(version.pk))
            told.append(f"version {done.version.number}")
        except LiveChanged:
            told.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told) == ["too late", "version 2"]
    assert ChallengeVersion.objects.count() == 2


def drafted(client, source: str, revision: int):
    body = json.dumps({"source": source, "revision": revision})
    return client.put("/challenges/doubling/draft/", body, content_type="application/json")


def test_an_open_workbench_of_a_withdrawn_challenge_loses_nothing(version, send, as_ana, as_bob, ana):
    sent = send(ana)
    drafted(as_ana, "before", 0)
    withdraw(challenge=live())
    # The page that is open goes on saving, and says why it can't send.
    assert drafted(as_ana, "while it was withdrawn", 1).json()["revision"] == 2
    refused = as_ana.post(
        "/challenges/doubling/submissions/",
        json.dumps({"source": "x", "kind": "submit"}),
        content_type="application/json",
    )
    assert (refused.status_code, refused.json()["error"]) == (410, "withdrawn")
    assert "What you typed is kept" in refused.json()["message"]
    page = as_ana.get("/challenges/doubling/")
    assert page.status_code == 410
    assert "while it was withdrawn" in page.content.decode()
    assert sent.get_absolute_url() in page.content.decode()
    # What was sent opens, and leads nowhere where nothing is.
    detail = as_ana.get(sent.get_absolute_url())
    assert detail.status_code == 200
    for address in ("attempts/", "solution/"):
        assert f"/challenges/doubling/{address}" not in detail.content.decode()
    # Whoever has nothing there finds nothing, and the catalogue has it no more.
    assert as_bob.get("/challenges/doubling/").status_code == 404
    assert "Doubling" not in as_ana.get("/challenges/").content.decode()
    bring_back(challenge=live())
    assert as_ana.get("/challenges/doubling/").context["draft"]["source"] == "while it was withdrawn"


def test_an_interview_that_has_pinned_a_version_goes_on(interview, ines):
    task = interview.tasks.get()
    withdraw(challenge=live())
    task.refresh_from_db()
    assert task.version.number == 1
    later = duplicate(interview=interview, by=ines, as_template=False)
    with pytest.raises(NotPublished):
        open_up(interview=later)
