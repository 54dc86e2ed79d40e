"""What a timeline is read as: entries in their order, with verdicts and older submissions between them."""

from datetime import timedelta

import pytest
from interviewing import an_interview, started
from support import finish
from typing_along import write

from grader.model import Verdict
from gradetape.accounts.models import Role, User
from gradetape.interviews.models import Sitting
from gradetape.submissions import actions, attempts
from gradetape.submissions.models import Kind, Submission
from gradetape.timeline.reading import moments_of, page_of

pytestmark = pytest.mark.django_db(transaction=True)
OPENED = {"text": "x"}


@pytest.fixture
def seat(version):
    ines = User.objects.create_user("ines@example.org", "d-long-password", display_name="Ines", role=Role.INTERVIEWER)
    client, sitting = started(an_interview(ines, [version.challenge]))
    return client, Sitting.objects.select_related("invitation__interview", "candidate").get(pk=sitting.pk)


def typed(count: int, begin: float = 0) -> list:
    return [(begin + n, "edit", {"changes": [n + 1, [0, "a"]]}) for n in range(count)]


def sent_at(
    seat, second: float, verdict: Verdict | None = None, over: float = 0, kind: Kind = Kind.SUBMIT
) -> Submission:
    """A submission of some second, graded at another; no entry tells of it."""
    _, sitting = seat
    version = sitting.interview.tasks.get().version
    sent = actions.submit(candidate=sitting.candidate, version=version, source=b"pass", kind=kind, paced=False)
    if verdict:
        claim = attempts.claim(submission_id=sent.pk, worker="here")
        assert claim
        finish(claim, verdict=verdict, score=100.0 if verdict == Verdict.ACCEPTED else 40.0)
    times = {"created_at": second} | ({"finished_at": over} if verdict else {})
    facts = {name: sitting.started_at + timedelta(seconds=value) for name, value in times.items()}
    Submission.objects.filter(pk=sent.pk).update(**facts)
    return sent


def kinds(moments) -> list[str]:
    return [one.kind for one in moments]


def test_verdicts_stand_where_they_came_in_time(seat):
    _, sitting = seat
    sent = sent_at(seat, 1.2, Verdict.ACCEPTED, over=2.5)
    facts = {"submission": str(sent.pk), "kind": "submit", "sha256": "0", "page": "p", "sequence": 2}
    write(sitting, (0, "opened", OPENED), (1, "edit", {}), (1.2, "sent", facts), (2, "edit", {}), (3, "left", {}))
    moments = moments_of(sitting)
    assert kinds(moments) == ["opened", "edit", "sent", "edit", "verdict", "left"]
    verdict = moments[4].public()
    assert (verdict["n"], verdict["at"], verdict["task"], verdict["sent"]) == (None, 2.5, "doubling", "submit")
    assert (verdict["passed"], verdict["total"], verdict["score"], verdict["first_passed"]) == (3, 3, 100, True)
    told = moments[2].public()
    assert (told["n"], told["kind"], told["sent"], told["page"], told["sequence"]) == (3, "sent", "submit", "p", 2)


def test_only_the_first_that_passed_is_the_first(seat):
    sent_at(seat, 1, Verdict.PARTIAL, over=2)
    sent_at(seat, 2, Verdict.ACCEPTED, over=3, kind=Kind.RUN)
    sent_at(seat, 3, Verdict.ACCEPTED, over=4)
    sent_at(seat, 4, Verdict.ACCEPTED, over=5)
    verdicts = [one for one in moments_of(seat[1]) if one.kind == "verdict"]
    assert [one.data["first_passed"] for one in verdicts] == [False, False, True, False]


def test_entries_of_the_same_moment_keep_the_order_of_their_numbers(seat):
    write(seat[1], (0, "opened", OPENED), *[(1.0, "edit", {"changes": [n]}) for n in range(9)])
    assert [one.number for one in moments_of(seat[1])] == list(range(1, 11))


def test_a_submission_from_before_there_was_a_timeline_gets_its_place(seat):
    _, sitting = seat
    old = sent_at(seat, 1.5)
    write(sitting, (1, "opened", OPENED), (2, "edit", {}))
    moments = moments_of(sitting)
    assert kinds(moments) == ["opened", "sent", "edit"]
    assert moments[1].data == {"submission": str(old.pk), "sent": "submit"}


@pytest.mark.parametrize("most", [1, 2, 3, 7, 100])
def test_pages_hold_each_moment_once(seat, most):
    _, sitting = seat
    for second in (0.5, 3, 6.5):
        sent_at(seat, second, Verdict.PARTIAL, over=second + 2)
    write(sitting, (0, "opened", OPENED), *typed(9))
    whole, pages, after, more = moments_of(sitting), [], 0, True
    assert len(whole) == 16
    while more:
        moments, after, more = page_of(sitting, after, most)
        assert len([one for one in moments if one.number]) <= most
        pages += moments
    assert pages == whole
    # Whoever asks again learns what came since the last entry, also what it may know already.
    assert kinds(page_of(sitting, after).moments) == ["verdict"]


def test_what_is_cancelled_is_no_verdict(seat):
    actions.cancel(submission=sent_at(seat, 0))
    assert kinds(moments_of(seat[1])) == ["sent", "cancelled"]


def test_how_much_there_is_costs_no_query(seat, django_assert_num_queries):
    _, sitting = seat
    write(sitting, (0, "opened", OPENED), *typed(4))
    with django_assert_num_queries(6):
        page_of(sitting, 1)
    for second in range(1, 4):
        sent_at(seat, second, Verdict.PARTIAL, over=second + 1)
    write(sitting, *typed(40, begin=9))
    with django_assert_num_queries(6):
        assert len(page_of(sitting, 1).moments) == 50
