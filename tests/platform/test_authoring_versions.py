"""Versions in the studio: read by all authors; rolled back, withdrawn and regraded by those who may publish."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from publishing import an_author, as_avi, as_tess, avi, edited, project, proved, published, seen, tess, wish
from support import signed_in

from gradetape.audit.models import AuditEntry
from gradetape.authoring.models import Mode, Release
from gradetape.authoring.publishing import releasing, versions
from gradetape.authoring.publishing.exceptions import MayNotPublish, NothingNew, NotReady
from gradetape.catalog.actions import publish
from gradetape.catalog.models import Challenge
from gradetape.catalog.packages import package_of
from gradetape.regrading.models import Regrade, RegradeKind
from gradetape.submissions.models import Submission

__all__ = ["as_avi", "as_tess", "avi", "project", "tess"]
pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/studio/challenges/scaling/"


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def live() -> Challenge:
    return Challenge.objects.select_related("live").get(slug="scaling")


@pytest.fixture
def two(project, tess):
    """Version 1 and, live, version 2."""
    first = published(project, tess).version
    edited(project)
    return first, published(project, tess).version


def test_going_back_takes_a_look_as_publishing_does(two, tess, avi):
    first, second = two
    with pytest.raises(MayNotPublish):
        versions.roll_back(version=first, mode=Mode.NEW_ONLY, by=avi)
    with pytest.raises(NotReady, match="Nobody has seen"):
        versions.roll_back(version=first, mode=Mode.NEW_ONLY, by=tess)
    seen(package_of(first.digest), tess)
    versions.roll_back(version=first, mode=Mode.PRACTICE, by=tess)
    assert (live().live, live().decided_in_studio) == (first, True)
    entry = AuditEntry.objects.get(action="version.rolled_back")
    assert (entry.actor, entry.scope, entry.about) == (tess, "challenge:scaling", "version:1")
    assert entry.details == {"mode": "practice", "was": "version 2"}
    assert Regrade.objects.get(kind=RegradeKind.REJUDGE).version == first
    with pytest.raises(NothingNew):
        versions.roll_back(version=first, mode=Mode.NEW_ONLY, by=tess)
    assert second.challenge.versions.count() == 2


def test_the_page_of_going_back(two, tess, as_tess):
    first, _ = two
    address = reverse("studio_roll_back", args=["scaling", 1])
    page = text_of(as_tess.get(address))
    assert "goes live again in place of version 2" in page
    assert "See what would change" in page
    assert "A full proof" not in page
    assert as_tess.post(address, {"mode": "new_only"}).status_code == 409
    assert as_tess.post(address, {}).status_code == 400
    assert as_tess.post(reverse("studio_roll_back_shadow", args=["scaling", 1])).headers["Location"] == address
    assert "Done" in text_of(as_tess.get(reverse("studio_roll_back_ready", args=["scaling", 1])))
    done = as_tess.post(address, {"mode": "new_only"}, follow=True)
    assert "Version 1 is live again." in text_of(done)
    assert live().live == first
    assert "is live already" in text_of(as_tess.post(address, {"mode": "new_only"}, follow=True))
    assert as_tess.get(reverse("studio_roll_back", args=["scaling", 9])).status_code == 404


def test_all_authors_read_and_only_publishers_act(two, as_avi, as_tess, ines):
    reader, candidate = signed_in(an_author("Uma")), signed_in(ines)
    pages = [f"{HERE}versions/", f"{HERE}versions/2/", "/studio/published/scaling/1/"]
    acts = [f"{HERE}versions/1/roll-back/", f"{HERE}versions/1/shadow/", f"{HERE}withdraw/", f"{HERE}bring-back/"]
    acts += [f"{HERE}regrade/"]
    assert {reader.get(page).status_code for page in pages} == {200}
    assert {candidate.get(page).status_code for page in pages} == {404}
    for client in (reader, candidate, as_avi):
        assert {client.post(act).status_code for act in acts} == {404}
        assert client.get(f"{HERE}versions/1/roll-back/").status_code == 404
        assert client.get(f"{HERE}versions/1/ready/").status_code == 404
    assert live().live.number == 2
    assert "Roll back" not in text_of(reader.get(pages[0]))
    assert "Roll back" in text_of(as_tess.get(pages[0]))
    assert reader.get("/studio/projects/scaling/releases/").status_code == 404
    assert as_avi.get("/studio/projects/scaling/releases/").status_code == 200


def test_the_list_says_what_came_when_and_from_whom(project, avi, tess, as_avi):
    assert "Nothing is published yet" in text_of(as_avi.get("/studio/projects/scaling/releases/"))
    proved(project)
    releasing.approve(
        release=releasing.propose(project=project, wish=wish(project), by=avi), mode=Mode.NEW_ONLY, by=tess
    )
    files = dict(package_of(live().live.digest).files) | {"statement.md": b"# Elsewhere\n"}
    publish(package=package_of(live().live.digest).__class__("scaling", files), note="From <git>.")
    page = text_of(as_avi.get(f"{HERE}versions/"))
    assert "Tess, proposed by Avi" in page
    assert "From a folder, by the command line" in page
    assert "From &lt;git&gt;." in page
    assert "published version 1" in page


def test_versions_and_releases_outlive_whoever_published_them(two, tess, as_avi):
    tess.delete()
    page = text_of(as_avi.get(f"{HERE}versions/"))
    assert "Somebody who left" in page
    assert "somebody who left published version 2" in page.replace('<span class="muted">', "")
    assert set(Release.objects.values_list("proposed_by", "decided_by")) == {(None, None)}


def test_a_version_beside_any_other(two, as_avi):
    newest = text_of(as_avi.get(f"{HERE}versions/2/"))
    assert "Changes against version 1" in newest
    assert "More is said." in newest
    first = text_of(as_avi.get(f"{HERE}versions/1/"))
    assert "All files" in first
    assert "Changes against version 2" in text_of(as_avi.get(f"{HERE}versions/1/?with=2"))
    for wrong in ("9", "x", "-1", "1" * 40):
        assert as_avi.get(f"{HERE}versions/1/?with={wrong}").status_code == 404
    assert as_avi.get(f"{HERE}versions/7/").status_code == 404


def test_withdrawn_and_brought_back(two, as_tess, as_avi, tess):
    done = as_tess.post(f"{HERE}withdraw/", {"reply": "The answer is in the statement."}, follow=True)
    assert "is withdrawn. What people sent and wrote is kept." in text_of(done)
    assert live().live is None
    assert AuditEntry.objects.get(action="challenge.withdrawn").details == {"reason": "The answer is in the statement."}
    assert "is withdrawn already" in text_of(as_tess.post(f"{HERE}withdraw/", follow=True))
    assert "withdrew the challenge" in text_of(as_avi.get(f"{HERE}versions/"))
    assert "Bring it back before" in text_of(as_tess.post(f"{HERE}regrade/", {"mode": "practice"}, follow=True))
    assert as_avi.get("/studio/published/scaling/2/").status_code == 200
    back = text_of(as_tess.post(f"{HERE}bring-back/", follow=True))
    assert "is in the catalogue again" in back
    assert live().live.number == 2
    assert "in the catalogue already" in text_of(as_tess.post(f"{HERE}bring-back/", follow=True))


def test_publishing_over_a_withdrawn_challenge_brings_it_back(two, project, tess):
    versions.withdraw(challenge=live(), reason="", by=tess)
    edited(project)
    assert published(project, tess).version == live().live


def test_regraded_again_with_the_version_that_is_live(two, as_tess, tess):
    assert "Choose what to regrade" in text_of(as_tess.post(f"{HERE}regrade/", {"mode": "new_only"}, follow=True))
    as_tess.post(f"{HERE}regrade/", {"mode": "everything"})
    rejudge = Regrade.objects.get(kind=RegradeKind.REJUDGE)
    assert (rejudge.version, rejudge.scope, rejudge.started_by) == (live().live, "everything", tess)
    assert "Regraded with version 2" in text_of(as_tess.get(f"{HERE}versions/"))


def test_a_regrade_is_watched_by_authors_and_stopped_by_its_starter_or_a_publisher(two, as_tess, as_avi, avi):
    rejudge = versions.regrade_again(challenge=live(), mode=Mode.PRACTICE, by=two[1].published_by)
    Regrade.objects.filter(pk=rejudge.pk).update(state="running")
    page, stop = (reverse(f"studio_regrade_{name}", args=["scaling", rejudge.pk]) for name in ("shown", "cancel"))
    assert "<html" in text_of(as_avi.get(page))
    piece = text_of(as_avi.get(page, headers={"HX-Request": "true"}))
    assert "<html" not in piece
    assert f'hx-get="{page}" hx-trigger="every 2s"' in piece
    assert stop not in piece
    assert as_avi.post(stop).status_code == 404
    assert as_tess.get(reverse("studio_regrade_shown", args=["other", rejudge.pk])).status_code == 404
    assert as_tess.post(stop, {"back": "https://evil.example/"}).headers["Location"] == f"{HERE}versions/"
    assert Regrade.objects.get(pk=rejudge.pk).state == "cancelled"
    Regrade.objects.filter(pk=rejudge.pk).update(state="running", started_by=avi)
    assert as_avi.post(stop, {"back": "/studio/"}).headers["Location"] == "/studio/"


def test_a_change_is_a_short_name_without_a_person_or_code(two, as_tess, as_avi, ana, ada):
    """Of what changes authors read what turned, and neither whose it was nor what stood in it."""
    first, second = two
    sent = Submission.objects.create(
        candidate=ana, version=first, kind="submit", source=b"planted-source", seed=1, state="finished",
        verdict="accepted", score=100,
    )  # fmt: skip
    rejudge = versions.regrade_again(challenge=live(), mode=Mode.PRACTICE, by=second.published_by)
    case = second.cases[0]["id"]
    rejudge.rows.update(
        turn=1, was_verdict="accepted", was_score=100, verdict="wrong_answer", score=60, was_cases={case: "passed"},
        cases={case: "failed"}, is_changed=True,
    )  # fmt: skip
    page = text_of(as_avi.get(f"{HERE}versions/"))
    assert page.count("data-change") == 1
    assert str(sent.pk)[:8] in page
    for word in ("Ana", "ana@", "planted-source", str(sent.pk)):
        assert word not in page
    assert sent.get_absolute_url() in text_of(signed_in(ada).get(f"{HERE}versions/"))


def test_the_list_takes_as_few_queries_however_many_versions(two, as_tess):
    with CaptureQueriesContext(connection) as before:
        as_tess.get(f"{HERE}versions/")
    files = dict(package_of(live().live.digest).files)
    package = package_of(live().live.digest).__class__
    for number in range(4):
        publish(package=package("scaling", files | {"statement.md": f"# {number}\n".encode()}))
    with CaptureQueriesContext(connection) as after:
        assert "Version 6" in text_of(as_tess.get(f"{HERE}versions/"))
    assert len(after) <= len(before)
