"""The history of attempts: one's own, a page at a time, and any two side by side."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from support import finish

from grader.events import CaseFinished
from grader.model import Outcome, Verdict
from gradetape.study.actions import give_up
from gradetape.study.history import PAGE
from gradetape.submissions.models import Kind, Submission

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "/challenges/doubling/attempts/"
COMPARED = f"{PLACE}difference/"
NOBODYS = "0425c366-03ba-4605-8690-87b961c6aff7"


@pytest.fixture
def sent(ana, version):
    """Submissions that are over, without a worker: `sent(3, score=40)`."""

    def make(count=1, kind=Kind.SUBMIT, score=40.0, source=b"pass", candidate=ana):
        verdict = Verdict.ACCEPTED if score == 100 else Verdict.PARTIAL
        rows = [
            Submission(
                candidate=candidate, version=version, kind=kind, source=source, seed=1, state="finished",
                verdict=verdict, score=score, created_at=timezone.now() + timedelta(microseconds=number),
            )
            for number in range(count)
        ]  # fmt: skip
        return Submission.objects.bulk_create(rows)

    return make


def test_a_page_has_the_newest_and_the_rest_follows(sent, as_ana):
    made = sent(PAGE + 3)
    first, second = (as_ana.get(f"{PLACE}?page={number}").context["page"] for number in (1, 2))
    assert [one.pk for one in first][:2] == [made[-1].pk, made[-2].pk]
    assert (len(first), len(second)) == (PAGE, 3)
    for wild in ("0", "99", "x", "-1"):
        assert as_ana.get(f"{PLACE}?page={wild}").status_code == 200


def test_the_number_of_queries_does_not_grow(sent, as_ana):
    sent(2)
    few = queries(as_ana)
    sent(60)
    assert queries(as_ana) == few <= 12


def queries(client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(PLACE).status_code == 200
    assert '"source"' not in " ".join(query["sql"] for query in captured)
    return len(captured)


def test_the_best_is_the_earliest_of_the_highest_and_runs_do_not_count(sent, as_ana):
    sent(kind=Kind.RUN, score=100)
    best, *_ = sent(2, score=65)
    sent(score=40)
    answer = as_ana.get(PLACE)
    assert answer.context["best"].overall.pk == best.pk
    assert answer.text.count(">best<") == 1


def test_what_came_after_giving_up_is_marked_and_the_best_before_it_is_kept(sent, as_ana, ana, version):
    sent(score=65)
    give_up(candidate=ana, challenge=version.challenge)
    sent(score=100)
    answer = as_ana.get(PLACE)
    best = answer.context["best"]
    assert (best.overall.score, best.alone.score) == (100, 65)
    assert answer.text.count("after seeing the solution") == 1


def test_nobody_s_attempts_but_one_s_own_are_listed_or_compared(sent, as_ana, as_bob, bob):
    (mine,) = sent()
    (theirs,) = sent(candidate=bob)
    assert str(theirs.pk) not in as_ana.get(PLACE).text
    for one, other in ((mine, theirs), (theirs, mine), (theirs, theirs)):
        assert as_ana.get(f"{COMPARED}?from={one.pk}&to={other.pk}").status_code == 404
    assert as_bob.get(f"{COMPARED}?from={mine.pk}&to={mine.pk}").status_code == 404


@pytest.mark.parametrize("query", ["", "from=x&to=y", f"from={NOBODYS}&to={NOBODYS}", "from=%00"])
def test_what_is_no_attempt_is_not_found(version, as_ana, query):
    assert as_ana.get(f"{COMPARED}?{query}").status_code == 404


def test_two_attempts_show_what_changed_as_text(sent, as_ana):
    (before,) = sent(source=b"def double(x):\n    return x\n")
    (after,) = sent(source=b"def double(x):\n    return x * 2  # <script>alert(1)</script>\n")
    answer = as_ana.get(f"{COMPARED}?from={before.pk}&to={after.pk}")
    kinds = [(line.kind, line.before + line.changed + line.after) for line in answer.context["lines"]]
    assert kinds == [
        ("same", "def double(x):"), ("gone", "    return x"),
        ("new", "    return x * 2  # <script>alert(1)</script>"),
    ]  # fmt: skip
    assert "<script>alert(1)" not in answer.text


def test_the_same_code_twice_says_so(sent, as_ana):
    before, after = sent(2)
    answer = as_ana.get(f"{COMPARED}?from={before.pk}&to={after.pk}")
    assert answer.context["is_equal"]
    assert "The code is the same" in answer.text


def test_the_cases_that_ended_differently_are_named(send, take, ana, as_ana):
    made = []
    for outcome in (Outcome.FAILED, Outcome.PASSED):
        submission = send(ana)
        cases = tuple(
            CaseFinished(
                case=case["id"], part=case["part"], title=case["title"], points=case["points"], earned=0,
                outcome=outcome if case["id"] == "two" else Outcome.PASSED, sample=case["sample"],
            )
            for case in submission.version.cases
        )  # fmt: skip
        finish(take(submission), cases=cases, score=60.0, verdict=Verdict.PARTIAL)
        made.append(submission)
    changes = as_ana.get(f"{COMPARED}?from={made[0].pk}&to={made[1].pk}").context["changes"]
    assert [(change.title, change.before, change.after) for change in changes] == [("Two", "failed", "passed")]


def test_a_challenge_that_is_not_published_has_no_attempts(version, as_ana):
    type(version.challenge).objects.update(live=None)
    assert as_ana.get(PLACE).status_code == 404
    assert as_ana.get("/challenges/nothing/attempts/").status_code == 404
