"""Reviewers see nothing of one another's before they are done themselves; candidates never see anything."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from interviewing import an_interview, started
from reviewing import Reviewer, reviewed_package, totals_seen
from support import finish, signed_in

from gradetape.accounts.models import Role, User
from gradetape.audit.models import AuditEntry
from gradetape.catalog.actions import publish
from gradetape.comparing.candidates import began
from gradetape.reviews.models import Comment, Review, Score, Words
from gradetape.reviews.reading import recommendations_of
from gradetape.submissions import actions
from gradetape.submissions.models import Kind

pytestmark = pytest.mark.django_db(transaction=True)
SECRETS = ("planted-comment", "planted-note", "planted-summary", "planted-private")


@pytest.fixture
def team(db) -> dict[str, User]:
    return {
        name: User.objects.create_user(f"{name}@example.org", "d-long-password", display_name=name.title(), role=role)
        for name, role in {"ines": Role.INTERVIEWER, "iris": Role.INTERVIEWER, "olga": Role.INTERVIEWER}.items()
    }


@pytest.fixture
def scene(team, take):
    """An interview of Ines and Iris, a candidate who sent something, and both at the page of the review."""
    version = publish(package=reviewed_package()).version
    interview = an_interview(team["ines"], [version.challenge])
    interview.team.add(team["iris"])
    cleo, sitting = started(interview)
    sent = actions.submit(
        candidate=sitting.candidate, version=version, source=b"def double(x):\n    return 2 * x\n", kind=Kind.SUBMIT
    )
    finish(take(sent))
    reviewers = {name: Reviewer(signed_in(team[name]), sitting) for name in team}
    return {"interview": interview, "sitting": sitting, "sent": sent, "cleo": cleo, **reviewers}


def write_all(scene, name: str) -> None:
    """Something secret in each place that a reviewer can write to."""
    one = scene[name]
    answers = [
        one.score("c1", 3), one.comment(scene["sent"], 2, f"planted-comment of {name}"),
        one.put("rubric/doubling/c1/note/", source=f"planted-note of {name}", revision=0),
        one.write("summary", f"planted-summary of {name}"), one.write("notes", f"planted-private of {name}"),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]


def seen_by(scene, name: str) -> str:
    sent = scene["sent"]
    pages = [scene[name].page(), scene[name].page(attempt=sent.pk), scene[name].page("decision/")]
    pages.append(scene[name].client.get(f"/interviews/{scene['interview'].pk}/rubric/doubling/"))
    return "".join(page.text for page in pages)


def test_nothing_of_another_is_seen_before_both_are_done(scene, team):
    write_all(scene, "ines")
    assert all(secret in seen_by(scene, "ines") for secret in SECRETS)
    assert not any(secret in seen_by(scene, "iris") for secret in SECRETS)
    assert scene["ines"].done().status_code == 302
    # Iris is not done, whatever she has written.
    write_all(scene, "iris")
    assert "of ines" not in seen_by(scene, "iris")
    assert recommendations_of(scene["interview"], team["iris"])[scene["sitting"].pk][0].review.reviewer == team["iris"]
    # Ines is, but Iris is not.
    assert "of iris" not in seen_by(scene, "ines")
    assert scene["iris"].done("strong_no").status_code == 302
    for name, other in (("ines", "iris"), ("iris", "ines")):
        page = seen_by(scene, name)
        assert all(f"{secret} of {other}" in page for secret in SECRETS[:3])
        assert f"planted-private of {other}" not in page, "notes stay private for good"


def test_the_querysets_themselves_are_blind(scene, team):
    write_all(scene, "ines")
    write_all(scene, "iris")
    scene["ines"].done()
    for model in (Review, Comment, Score, Words):
        rows = model.objects.visible_to(team["iris"])
        assert {getattr(row, "review", row).reviewer for row in rows} == {team["iris"]}
        assert not model.objects.visible_to(team["olga"]).exists(), "she is not of the team"
    scene["iris"].done()
    assert Comment.objects.visible_to(team["iris"]).count() == 2
    assert Words.objects.visible_to(team["iris"]).count() == 3
    scene["interview"].team.remove(team["iris"])
    assert not Score.objects.visible_to(team["iris"]).exists()


def test_who_abstains_reads_what_others_found_and_counts_in_nothing(scene, team):
    write_all(scene, "ines")
    scene["ines"].done("strong_yes")
    assert scene["iris"].done("abstain").status_code == 302
    assert "of ines" in seen_by(scene, "iris")
    assert "Abstain" in scene["ines"].page("decision/").text
    (candidate,) = began(scene["interview"], list(scene["interview"].tasks.all()), team["iris"])
    assert [advice.label for advice in candidate.advised] == ["Strong yes"]


def test_reopening_hides_it_again_and_is_told(scene, team):
    for name in ("ines", "iris"):
        write_all(scene, name)
        scene[name].done()
    assert scene["iris"].post("done/", reopen="1").status_code == 302
    assert "of iris" not in seen_by(scene, "ines")
    assert "of ines" not in seen_by(scene, "iris")
    scene["iris"].score("c1", 0, was=3)
    scene["iris"].post("done/")
    assert "reopened once" in scene["ines"].page("decision/").text


def test_totals_of_others_come_with_their_reviews(scene, team):
    scene["ines"].score("c1", 4)
    scene["iris"].score("c1", 2)
    scene["ines"].done()
    assert totals_seen(scene["interview"], team["iris"]) == {scene["sitting"].pk: [0.5]}
    assert totals_seen(scene["interview"], team["olga"]) == {}
    scene["iris"].done()
    assert totals_seen(scene["interview"], team["iris"]) == {scene["sitting"].pk: [0.5, 1.0]}
    page = scene["iris"].page("decision/")
    assert page.context["together"].spread == 0.5
    assert page.context["together"].tables[0].lines[0].spread == 2


def test_the_log_tells_who_did_something_and_nothing_of_what_was_found(scene):
    write_all(scene, "ines")
    scene["ines"].done("strong_no")
    entries = list(AuditEntry.objects.filter(scope=scene["interview"].scope))
    actions_seen = {entry.action for entry in entries}
    assert {"criterion.scored", "comment.made", "review.recommended", "review.done"} <= actions_seen
    told = str([entry.details for entry in entries])
    assert not any(word in told for word in (*SECRETS, "strong_no", "level"))
    seen_by(scene, "iris")
    looks = AuditEntry.objects.filter(action="sitting.reviewed", actor__email="iris@example.org")
    assert looks.count() == 1, "looking again and again is one look"


def test_a_done_review_is_closed(scene):
    write_all(scene, "ines")
    scene["ines"].done()
    tries = [
        scene["ines"].score("c1", 1, was=3), scene["ines"].comment(scene["sent"], 1, "late"),
        scene["ines"].write("summary", "late", revision=1), scene["ines"].recommend("no", was="yes"),
        scene["ines"].put("rubric/doubling/c1/note/", source="late", revision=1),
    ]  # fmt: skip
    assert [(answer.status_code, answer.json()["error"]) for answer in tries] == [(409, "done")] * 5
    assert not Comment.objects.filter(text="late").exists()


def test_done_needs_a_recommendation(scene):
    answer = scene["ines"].post("done/")
    assert answer.status_code == 400
    assert "Choose a recommendation first" in answer.text
    assert not Review.objects.filter(done_at__isnull=False).exists()


@pytest.mark.parametrize("who", ["olga", "cleo", "ana"])
def test_nobody_else_comes_in(scene, ana, who):
    client = {"olga": scene["olga"].client, "cleo": scene["cleo"], "ana": signed_in(ana)}[who]
    stranger, sent = Reviewer(client, scene["sitting"]), scene["sent"]
    answers = [
        stranger.page(), stranger.page("decision/"), stranger.score("c1", 4), stranger.recommend("yes"),
        stranger.write("summary", "x"), stranger.comment(sent, 1, "x"), stranger.post("done/"),
        stranger.post("rubric/doubling/c1/evidence/", address="x"),
        stranger.put("rubric/doubling/c1/note/", source="x", revision=0),
        stranger.post(f"attempts/{sent.pk}/cases/two/", points="0", reason="x"),
        client.get(f"/interviews/{scene['interview'].pk}/rubric/doubling/"),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}
    assert not Review.objects.exists()


def test_candidates_read_nothing_of_it(scene):
    write_all(scene, "ines")
    scene["ines"].post(f"attempts/{scene['sent'].pk}/cases/two/", points="1", reason="planted-reason")
    scene["ines"].done()
    base = f"/sitting/{scene['sitting'].pk}/"
    pages = [base, f"{base}challenges/doubling/", f"{base}challenges/doubling/attempts/"]
    told = "".join(scene["cleo"].get(page).text for page in pages)
    assert "solution.py" in told
    assert not any(word in told for word in (*SECRETS, "planted-reason", "planted-reference", "Strong", "Rubric"))


def test_hidden_names_are_in_no_page(scene, team, take):
    interview = scene["interview"]
    type(interview).objects.filter(pk=interview.pk).update(hides_names=True)
    started(interview, "dora@example.org")
    text = seen_by(scene, "ines")
    assert "Candidate " in text
    assert not any(name in text for name in ("Cleo", "cleo@example.org", "dora@example.org", "@guest"))
    page = scene["ines"].page()
    place = page.context["place"]
    assert place.total == 2
    other = (place.before or place.after).pk
    assert f"/candidates/{other}/" in page.text


def test_no_query_more_for_more_of_everything(scene, team, take):
    def queries(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert scene["ines"].page(address).status_code == 200
        return len(seen)

    for name in ("ines", "iris"):
        write_all(scene, name)
        scene[name].done()
    queries("")  # what is read of a package is remembered
    before = {address: queries(address) for address in ("", "decision/")}
    version = scene["sent"].version
    for _ in range(2):
        again = actions.submit(
            candidate=scene["sitting"].candidate, version=version, source=b"x\ny\n", kind=Kind.SUBMIT
        )
        finish(take(again))
    third = User.objects.create_user("uma@example.org", "d-long-password", role=Role.INTERVIEWER)
    scene["interview"].team.add(third)
    scene["uma"] = Reviewer(signed_in(third), scene["sitting"])
    write_all(scene, "uma")
    scene["uma"].comment(scene["sent"], 1, "another")
    scene["uma"].score("c2", 1)
    scene["uma"].done()
    started(scene["interview"], "dora@example.org")
    assert {address: queries(address) for address in before} == before
