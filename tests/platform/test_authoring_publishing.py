"""Publishing and proposing: what it takes, who may, and what happens when several do it at once."""

import threading

import pytest
from django.db import connection
from publishing import avi, edited, project, proved, published, seen, tess, wish

from gradetape.audit.models import AuditEntry
from gradetape.authoring import files
from gradetape.authoring.models import Mode, Project, Proof, Release, ReleaseState
from gradetape.authoring.publishing import readiness, releasing
from gradetape.authoring.publishing.exceptions import (
    AlreadyDecided,
    AlreadyProposed,
    FilesChanged,
    MayNotPublish,
    NothingNew,
    NotReady,
    NotYours,
    OwnProposal,
)
from gradetape.catalog.actions import publish
from gradetape.catalog.exceptions import LiveChanged
from gradetape.catalog.models import Challenge, ChallengeVersion, Origin
from gradetape.catalog.packages import package_of
from gradetape.exceptions import GradeTapeError
from gradetape.regrading.models import Regrade, RegradeKind, Scope

__all__ = ["avi", "project", "tess"]
pytestmark = pytest.mark.django_db
LEAKY = "from grader.probing import probe\n\n\n@probe('nobody')\ndef nobody(solution, rng):\n    return {}\n"


def challenge() -> Challenge:
    return Challenge.objects.select_related("live").get(slug="scaling")


def actions(scope: str) -> list[str]:
    return list(AuditEntry.objects.filter(scope=scope).order_by("pk").values_list("action", flat=True))


def test_a_first_version_takes_a_sound_full_proof_and_nothing_else(project, tess):
    with pytest.raises(NotReady, match="not proved in full"):
        releasing.publish(project=project, wish=wish(project, note=""), by=tess)
    proved(project)
    release = releasing.publish(project=project, wish=wish(project, note=""), by=tess)
    live = challenge().live
    assert (release.state, release.version, release.decided_by) == (ReleaseState.PUBLISHED, live, tess)
    assert (live.origin, live.published_by, live.number) == (Origin.STUDIO, tess, 1)
    assert dict(package_of(live.digest).files) == files.contents_of(project)
    assert Project.objects.get().based_on == live
    assert actions("project:scaling")[-1] == "release.published"
    assert actions("challenge:scaling") == ["version.published"]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"sound": False}, "not sound"),
        ({"sound": None, "state": "running"}, "not proved in full"),
        ({"sound": None, "state": "interrupted"}, "not proved in full"),
        ({"kind": "quick"}, "not proved in full"),
        ({"engine": "another"}, "not proved in full"),
        ({"digest": "0" * 64}, "not proved in full"),
    ],
)
def test_no_other_proof_will_do(project, tess, facts, told):
    proved(project, **facts)
    with pytest.raises(NotReady, match=told):
        releasing.publish(project=project, wish=wish(project), by=tess)
    assert not Challenge.objects.exists()


def test_files_with_errors_are_not_published_whatever_was_proved(project, tess):
    edited(project, LEAKY, "probes.py")
    proved(project)
    with pytest.raises(NotReady, match="errors"):
        releasing.publish(project=project, wish=wish(project), by=tess)


def test_only_what_was_on_the_page_is_published(project, tess):
    proved(project)
    shown = wish(project)
    edited(project)
    proved(project)
    with pytest.raises(FilesChanged):
        releasing.publish(project=project, wish=shown, by=tess)


def test_over_a_version_it_takes_a_note_and_a_look_at_what_would_change(project, tess):
    published(project, tess)
    edited(project)
    proved(project)
    package = files.package_of(project)
    with pytest.raises(NotReady, match="Nobody has seen"):
        releasing.publish(project=project, wish=wish(project), by=tess)
    look = seen(package, tess)
    Regrade.objects.filter(pk=look.pk).update(state="running")
    with pytest.raises(NotReady, match="Nobody has seen"):
        releasing.publish(project=project, wish=wish(project), by=tess)
    Regrade.objects.filter(pk=look.pk).update(state="finished")
    with pytest.raises(NotReady, match="change note"):
        releasing.publish(project=project, wish=wish(project, note=""), by=tess)
    release = releasing.publish(project=project, wish=wish(project), by=tess)
    assert (release.version.number, challenge().live, release.over.number) == (2, release.version, 1)
    assert challenge().live.note == "Said better."


def test_a_look_against_another_version_is_none(project, tess):
    published(project, tess)
    edited(project)
    proved(project)
    seen(files.package_of(project), tess)
    publish(package=package_of(challenge().live.digest).__class__("scaling", other_files()))
    with pytest.raises(NotReady, match="Nobody has seen"):
        releasing.publish(project=project, wish=wish(project), by=tess)


def other_files() -> dict[str, bytes]:
    found = dict(package_of(challenge().live.digest).files)
    return found | {"statement.md": b"# From elsewhere\n"}


def test_the_same_again_is_nothing_new(project, tess):
    published(project, tess)
    with pytest.raises(NothingNew, match="version 1, which is live"):
        releasing.publish(project=project, wish=wish(project), by=tess)
    assert ChallengeVersion.objects.count() == Release.objects.count() == 1


@pytest.mark.parametrize(("mode", "scope"), [(Mode.PRACTICE, Scope.PRACTICE), (Mode.EVERYTHING, Scope.EVERYTHING)])
def test_what_was_sent_is_regraded_as_far_as_was_chosen(project, tess, mode, scope):
    published(project, tess)
    edited(project)
    release = published(project, tess, mode=mode)
    rejudge = Regrade.objects.get(kind=RegradeKind.REJUDGE)
    assert (rejudge.version, rejudge.scope, rejudge.started_by) == (release.version, scope, tess)


def test_with_new_submissions_only_nothing_is_regraded(project, tess):
    published(project, tess)
    edited(project)
    published(project, tess)
    assert not Regrade.objects.filter(kind=RegradeKind.REJUDGE).exists()


def test_whoever_may_not_publish_proposes(project, avi, tess):
    proved(project)
    with pytest.raises(MayNotPublish):
        releasing.publish(project=project, wish=wish(project), by=avi)
    release = releasing.propose(project=project, wish=wish(project), by=avi)
    assert not Challenge.objects.exists()
    with pytest.raises(AlreadyProposed):
        releasing.propose(project=project, wish=wish(project), by=avi)
    edited(project, "# Meanwhile\n")
    done = releasing.approve(release=release, mode=Mode.NEW_ONLY, by=tess)
    # What was proposed, and not what the files have become.
    assert (done.version.digest, done.version.published_by) == (release.digest, tess)
    assert "Meanwhile" not in challenge().live.statement
    with pytest.raises(AlreadyDecided):
        releasing.decline(release=release, reply="No.", by=tess)
    assert actions("project:scaling")[-2:] == ["release.proposed", "release.published"]


def test_nobody_decides_on_a_proposal_of_their_own(project, avi, tess, ada):
    proved(project)
    release = releasing.propose(project=project, wish=wish(project), by=tess)
    for attempt in (
        lambda: releasing.approve(release=release, mode=Mode.NEW_ONLY, by=tess),
        lambda: releasing.decline(release=release, reply="No.", by=tess),
    ):
        with pytest.raises(OwnProposal):
            attempt()
    with pytest.raises(MayNotPublish):
        releasing.approve(release=release, mode=Mode.NEW_ONLY, by=avi)
    assert releasing.approve(release=release, mode=Mode.NEW_ONLY, by=ada).version.number == 1


def test_declined_with_a_reply_and_proposed_again(project, avi, tess):
    proved(project)
    release = releasing.propose(project=project, wish=wish(project), by=avi)
    done = releasing.decline(release=release, reply="The hint tells the answer.", by=tess)
    assert (done.state, done.decided_by, done.reply) == ("declined", tess, "The hint tells the answer.")
    assert AuditEntry.objects.get(action="release.declined").details == {"reason": "The hint tells the answer."}
    assert releasing.propose(project=project, wish=wish(project), by=avi).is_open


def test_taken_back_by_whoever_proposed_it_alone(project, avi, tess):
    proved(project)
    release = releasing.propose(project=project, wish=wish(project), by=avi)
    with pytest.raises(NotYours):
        releasing.take_back(release=release, by=tess)
    releasing.take_back(release=release, by=avi)
    with pytest.raises(AlreadyDecided):
        releasing.approve(release=release, mode=Mode.NEW_ONLY, by=tess)


def test_a_proposal_whose_proof_was_forgotten_is_still_what_was_proved(project, avi, tess):
    proved(project)
    release = releasing.propose(project=project, wish=wish(project), by=avi)
    Proof.objects.all().delete()
    release.refresh_from_db()
    assert release.proof is None
    assert releasing.approve(release=release, mode=Mode.NEW_ONLY, by=tess).version.digest == release.digest


def test_on_another_engine_a_proposal_has_to_be_proved_anew(project, avi, tess):
    proved(project)
    release = releasing.propose(project=project, wish=wish(project), by=avi)
    Proof.objects.all().delete()
    Release.objects.update(engine="an older one")
    with pytest.raises(NotReady, match="not proved in full"):
        releasing.approve(release=release, mode=Mode.NEW_ONLY, by=tess)
    proved(project)
    assert releasing.approve(release=release, mode=Mode.NEW_ONLY, by=tess).version


def test_a_proposal_over_what_has_changed_since_needs_a_new_look(project, avi, tess):
    published(project, tess)
    edited(project)
    proved(project)
    seen(files.package_of(project), avi)
    release = releasing.propose(project=project, wish=wish(project), by=avi)
    publish(package=package_of(challenge().live.digest).__class__("scaling", other_files()))
    with pytest.raises(NotReady, match="Nobody has seen"):
        releasing.approve(release=release, mode=Mode.NEW_ONLY, by=tess)
    seen(release.package, tess)
    assert releasing.approve(release=release, mode=Mode.NEW_ONLY, by=tess).version.number == 3


def test_one_proposal_leaves_room_for_publishing(project, avi, tess):
    proved(project)
    release = releasing.propose(project=project, wish=wish(project), by=avi)
    releasing.publish(project=project, wish=wish(project), by=tess)
    with pytest.raises(NothingNew):
        releasing.approve(release=release, mode=Mode.NEW_ONLY, by=tess)
    assert ChallengeVersion.objects.count() == 1


def test_what_is_live_is_the_archive_and_its_engine(project, tess):
    proof = proved(project)
    release = releasing.publish(project=project, wish=wish(project), by=tess)
    assert (release.proof, release.engine, release.package.digest) == (proof, proof.engine, release.version.digest)
    assert readiness.of_project(project, files.package_of(project)).is_live


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_it_is_one_version(project, tess):
    proved(project)
    asked, told = wish(project), []
    both = threading.Barrier(2)

    def press() -> None:
        both.wait()
        try:
            told.append(releasing.publish(project=project, wish=asked, by=tess).version.number)
        except GradeTapeError as error:
            told.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert 1 in told
    assert set(told) <= {1, NothingNew, LiveChanged}
    assert ChallengeVersion.objects.count() == Release.objects.count() == 1
