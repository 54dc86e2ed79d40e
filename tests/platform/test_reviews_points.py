"""Points in the judge's place: only with a reason, on record, to be taken back, and counted in the totals."""

import pytest
from interviewing import an_interview, save, started
from reviewing import Reviewer, reviewed_package
from support import finish, result_of, signed_in

from gradetape.audit.models import AuditEntry
from gradetape.catalog.actions import publish
from gradetape.interviews.actions.sit import hand_in
from gradetape.interviews.models import Visibility
from gradetape.interviews.progress import candidates_of, desks_of
from gradetape.reviews.models import Override
from gradetape.submissions import actions
from gradetape.submissions.models import Kind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(ines, take):
    """Two submissions: 40 points (the second case failed), then 35 (the first one did)."""
    version = publish(package=reviewed_package()).version
    interview = an_interview(ines, [version.challenge], visibility=Visibility.EVERYTHING)
    _, sitting = started(interview)

    def send(passed: str):
        sent = actions.submit(candidate=sitting.candidate, version=version, source=b"x\n", kind=Kind.SUBMIT)
        claim = take(sent)
        cases = tuple(
            case if case.case == passed else type(case)(
                case=case.case, part=case.part, title=case.title, points=case.points, earned=0, outcome="failed",
                sample=case.sample,
            )
            for case in result_of(claim.submission).cases
        )  # fmt: skip
        finish(claim, cases=cases, score=sum(case.earned for case in cases), verdict="partial")
        return sent

    first, second = send("two"), send("three")
    return {"interview": interview, "sitting": sitting, "first": first, "second": second,
            "ines": Reviewer(signed_in(ines), sitting)}  # fmt: skip


def give(scene, which: str, case: str, points: str, reason: str = "The statement allows it."):
    return scene["ines"].post(f"attempts/{scene[which].pk}/cases/{case}/", points=points, reason=reason)


def row_of(scene):
    return candidates_of(scene["interview"], scene["interview"].tasks.all())[0]


@pytest.mark.parametrize(
    ("points", "reason", "says"),
    [("25", "", "Say why"), ("25", "  \n", "Say why"), ("36", "x", "worth 0 to 35"), ("-1", "x", "worth 0 to 35"),
     ("nan", "x", "worth 0 to 35"), ("inf", "x", "worth 0 to 35"), ("many", "x", "Expected a number"),
     ("", "x", "nothing"),
     ("0", "x", "has 0 points already"), ("1", "x" * 2001, "Say why")],
)  # fmt: skip
def test_points_are_not_changed_like_that(scene, points, reason, says):
    answer = give(scene, "first", "three", points, reason)
    assert says in answer.text
    assert not Override.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="points.").exists()
    assert row_of(scene).total == 40


def test_a_case_that_is_none_has_no_points(scene):
    assert give(scene, "first", "four", "1").status_code == 404


def test_overridden_points_count_and_are_shown(scene):
    answer = give(scene, "second", "nothing", "12,5", reason="Fair <b>enough</b>.")
    assert "Fair &lt;b&gt;enough&lt;/b&gt;." in answer.text
    row = row_of(scene)
    assert (row.total, row.marks[0].was, row.is_changed) == (47.5, 35.0, True)
    assert row.marks[0].submission_id == scene["second"].pk, "what counts is chosen by the overridden points"
    page = scene["ines"].page()
    assert page.context["shown"].submission.pk == scene["second"].pk
    assert (page.context["shown"].score, page.context["shown"].was) == (47.5, 35.0)
    assert "changed by hand; the judge gave 35" in page.text
    assert "Ines gave 12.5 in place of 0" in page.text
    assert "changed by hand from 35" in scene["ines"].page("decision/").text
    table = scene["ines"].client.get(scene["interview"].get_absolute_url()).text
    assert "points changed by hand" in table
    assert '<s class="sub">35</s>' in table
    entry = AuditEntry.objects.get(action="points.overridden")
    assert (entry.details["was"], entry.details["now"], entry.details["reason"]) == (0, 12.5, "Fair <b>enough</b>.")
    assert entry.details["case"] == "nothing"


def test_what_candidates_are_told_stays_the_judge_s(scene):
    give(scene, "first", "three", "35")
    assert desks_of(scene["sitting"])[0].best == 40


def test_it_is_changed_again_and_taken_back_and_all_of_it_stays_on_record(scene):
    give(scene, "first", "two", "10", reason="one")
    give(scene, "first", "two", "20", reason="two")
    assert row_of(scene).total == 35, "the other submission is the better one now"
    assert Override.objects.filter(revoked_at=None).get().was == 40, "what the judge gave, not what somebody else did"
    answer = scene["ines"].post(f"attempts/{scene['first'].pk}/cases/two/", revoke="1")
    assert row_of(scene).total == 40
    assert not row_of(scene).is_changed
    assert all(reason in answer.text for reason in ("one", "two", "taken back"))
    scene["ines"].post(f"attempts/{scene['first'].pk}/cases/two/", revoke="1")
    log = AuditEntry.objects.filter(action__startswith="points.").order_by("pk").values_list("action", "details")
    assert [(action, told["was"], told["now"]) for action, told in log] == [
        ("points.overridden", 40, 10), ("points.overridden", 10, 20), ("points.restored", 20, 40),
    ]  # fmt: skip
    assert Override.objects.count() == 2


def test_reviewers_learn_that_what_was_typed_last_was_too_large_to_be_handed_in(scene, ines):
    interview = an_interview(ines, [scene["first"].version.challenge])
    for size, is_told in ((70_000, True), (60_000, False)):
        client, sitting = started(interview, f"typed{size}@example.org")
        assert save(client, sitting, "#" * size).status_code == 200
        hand_in(sitting=sitting)
        page = Reviewer(signed_in(ines), sitting).page().text
        assert ("so it was not handed in" in page) is is_told
