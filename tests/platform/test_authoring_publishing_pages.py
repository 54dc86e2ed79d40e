"""The pages of publishing: what they show whom, and what they take."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from publishing import an_author, as_avi, as_tess, avi, edited, project, proved, published, seen, tess, wish
from support import signed_in

from gradetape.authoring import files
from gradetape.authoring.models import Project, Release
from gradetape.authoring.publishing import releasing
from gradetape.catalog.models import Challenge, ChallengeVersion
from gradetape.regrading.models import Regrade, RegradeKind

__all__ = ["as_avi", "as_tess", "avi", "project", "tess"]
pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/studio/projects/scaling/publish/"


def sent(project: Project, **more: str) -> dict[str, str]:
    return {"digest": files.package_of(project).digest, "note": "Said better.", "mode": "new_only", **more}


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_a_trusted_author_sees_all_projects_and_others_their_own(project, as_tess, as_avi):
    assert as_tess.get(PAGE).status_code == as_avi.get(PAGE).status_code == 200
    stranger = signed_in(an_author("Eve"))
    for address in (PAGE, f"{PAGE}ready/", "/studio/projects/scaling/releases/"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(PAGE, sent(project)).status_code == stranger.post(f"{PAGE}shadow/").status_code == 404


def test_the_page_says_what_is_missing_and_then_publishes(project, as_tess):
    page = text_of(as_tess.get(PAGE))
    assert "Prove in full" in page
    assert "See what would change" not in page
    assert "This is the first version" in page
    refused = as_tess.post(PAGE, sent(project))
    assert refused.status_code == 409
    assert "not proved in full" in text_of(refused)
    assert not Challenge.objects.exists()
    proved(project)
    assert "Proved sound" in text_of(as_tess.get(PAGE))
    done = as_tess.post(PAGE, sent(project), follow=True)
    assert done.redirect_chain == [("/studio/projects/scaling/releases/", 302)]
    assert "Version 1 is live." in text_of(done)
    assert "There is nothing to publish" in text_of(as_tess.get(PAGE))


def test_over_a_live_version_it_shows_the_difference_and_asks_for_a_look(project, tess, as_tess):
    published(project, tess)
    edited(project)
    proved(project)
    page = text_of(as_tess.get(PAGE))
    assert "Changes against version 1" in page
    assert "More is said." in page
    assert "hx-trigger" not in page
    begun = as_tess.post(f"{PAGE}shadow/")
    assert begun.headers["Location"] == PAGE
    look = Regrade.objects.get(kind=RegradeKind.SHADOW)
    Regrade.objects.update(state="running")
    waiting = text_of(as_tess.get(f"{PAGE}ready/"))
    assert f'hx-get="{PAGE}ready/" hx-trigger="every 2s"' in waiting
    assert reverse("studio_regrade_cancel", args=["scaling", look.pk]) in waiting
    Regrade.objects.update(state="finished")
    over = text_of(as_tess.get(f"{PAGE}ready/"))
    assert "hx-trigger" not in over
    assert "Nothing was sent that could change." in over
    # What was typed is not lost to a refusal.
    kept = as_tess.post(PAGE, sent(project, note="", mode="everything"))
    assert kept.status_code == 409
    assert "change note" in text_of(kept)
    assert 'value="everything" id="id_mode_2" required checked' in text_of(kept)
    assert as_tess.post(PAGE, sent(project)).status_code == 302
    assert ChallengeVersion.objects.count() == 2


def test_a_script_gets_the_checklist_alone(project, tess, as_tess):
    published(project, tess)
    edited(project)
    answer = as_tess.post(f"{PAGE}shadow/", headers={"HX-Request": "true"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"{PAGE}ready/"
    assert "<html" not in text_of(answer)


def test_files_that_changed_since_are_not_published_and_are_shown(project, as_tess):
    proved(project)
    shown = sent(project)
    edited(project)
    refused = as_tess.post(PAGE, shown)
    assert refused.status_code == 409
    assert "have changed since you opened this page" in text_of(refused)
    assert files.package_of(project).digest in text_of(refused)


@pytest.mark.parametrize("wrong", [{"mode": "all of it"}, {"mode": ""}, {"digest": ""}, {"note": "x" * 2001}])
def test_what_the_form_does_not_take(project, tess, as_tess, wrong):
    published(project, tess)
    edited(project)
    assert as_tess.post(PAGE, sent(project, **wrong)).status_code == 400


def test_files_that_make_no_challenge_say_so(project, as_tess):
    project.files.filter(path="challenge.toml").delete()
    for address in (PAGE, f"{PAGE}ready/"):
        assert "expected the file challenge.toml" in text_of(as_tess.get(address))
    assert as_tess.post(f"{PAGE}shadow/").status_code == 302


def test_pressed_twice_the_second_is_told_that_it_is_live(project, tess, as_tess):
    published(project, tess)
    again = as_tess.post(PAGE, sent(project), follow=True)
    assert "This is version 1, which is live. Nothing was published again." in text_of(again)
    assert Release.objects.count() == 1


def test_others_propose_and_a_publisher_answers(project, avi, as_avi, as_tess):
    proved(project)
    assert ">Propose</button>" in text_of(as_avi.get(PAGE))
    assert as_avi.post(PAGE, sent(project)).status_code == 302
    release = Release.objects.get()
    assert f'href="{release.get_absolute_url()}"' in text_of(as_tess.get("/studio/"))
    mine, hers = text_of(as_avi.get(release.get_absolute_url())), text_of(as_tess.get(release.get_absolute_url()))
    assert "Take back" in mine
    assert "Approve and publish" not in mine
    assert "Approve and publish" in hers
    decide = reverse("studio_proposal_decide", args=["scaling", release.pk])
    assert "You may propose what you write" in text_of(as_avi.post(decide, {"approve": "1"}, follow=True))
    assert "Say in a reply why" in text_of(as_tess.post(decide, {"decline": "1"}, follow=True))
    as_tess.post(decide, {"decline": "1", "reply": "The hint <tells> it."})
    assert "The hint &lt;tells&gt; it." in text_of(as_avi.get(release.get_absolute_url()))
    assert "Tess declined what was proposed last." in text_of(as_avi.get(PAGE))
    as_avi.post(PAGE, sent(project))
    assert "declined" not in text_of(as_avi.get(PAGE))
    second = Release.objects.get(state="proposed")
    decide = reverse("studio_proposal_decide", args=["scaling", second.pk])
    assert "Version 1 is live." in text_of(as_tess.post(decide, {"approve": "1"}, follow=True))
    assert "decided or taken back" in text_of(as_avi.post(decide, {"take_back": "1"}, follow=True))


def test_nobody_approves_their_own(project, tess, as_tess):
    proved(project)
    release = releasing.propose(project=project, wish=wish(project), by=tess)
    assert "Approve and publish" not in text_of(as_tess.get(release.get_absolute_url()))
    decide = reverse("studio_proposal_decide", args=["scaling", release.pk])
    assert "Nobody decides on a proposal" in text_of(as_tess.post(decide, {"approve": "1"}, follow=True))
    assert not Challenge.objects.exists()


def test_a_proposal_has_a_look_of_its_own(project, tess, avi, as_tess):
    published(project, tess)
    edited(project)
    proved(project)
    seen(files.package_of(project), avi)
    release = releasing.propose(project=project, wish=wish(project), by=avi)
    Regrade.objects.all().delete()
    ready = reverse("studio_proposal_ready", args=["scaling", release.pk])
    look = reverse("studio_proposal_shadow", args=["scaling", release.pk])
    assert look in text_of(as_tess.get(ready))
    as_tess.post(look)
    assert Regrade.objects.get().digest == release.digest


def test_a_proposal_of_another_project_is_not_reached_through_ones_own(project, avi, as_avi):
    proved(project)
    release = releasing.propose(project=project, wish=wish(project), by=avi)
    own = Project.objects.create(slug="mine")
    own.authors.add(avi)
    for name in ("studio_proposal", "studio_proposal_ready"):
        assert as_avi.get(reverse(name, args=["mine", release.pk])).status_code == 404
    assert as_avi.post(reverse("studio_proposal_decide", args=["mine", release.pk])).status_code == 404


def test_the_studio_lists_proposals_with_as_few_queries(project, avi, tess, as_tess):
    proved(project)
    releasing.propose(project=project, wish=wish(project), by=avi)
    with CaptureQueriesContext(connection) as one:
        as_tess.get("/studio/")
    for number in range(4):
        other = Project.objects.create(slug=f"other-{number}")
        other.authors.add(avi)
        Release.objects.create(
            project=other, digest="0" * 64, engine="x", archive=b"", mode="new_only", proposed_by=avi
        )
    with CaptureQueriesContext(connection) as five:
        page = as_tess.get("/studio/")
    assert "other-3" in text_of(page)
    assert len(five) <= len(one)
