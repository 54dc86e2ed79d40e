"""The page of a challenge and the page of a submission: what they say, and that it never costs more queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from support import finish, result_of

from grader.model import Outcome, Verdict
from gradetape.catalog.actions import publish
from gradetape.submissions.models import Kind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def graded(send, take, ana):
    """Grades a submission of Ana's: `graded(failed="three")`."""

    def grade(failed: str = "", kind: Kind = Kind.SUBMIT):
        submission = send(ana, kind=kind)
        claim = take(submission)
        cases = [
            type(case)(
                **{
                    **{name: getattr(case, name) for name in case.__struct_fields__},
                    "earned": 0,
                    "outcome": Outcome.FAILED,
                }
            )
            if case.case == failed
            else case
            for case in result_of(submission).cases
        ]
        score = sum(case.earned for case in cases)
        finish(claim, cases=tuple(cases), score=score, verdict=Verdict.PARTIAL if failed else Verdict.ACCEPTED)
        return submission

    return grade


def test_the_page_of_a_submission_lists_its_cases(graded, as_ana):
    context = as_ana.get(graded(failed="three").get_absolute_url()).context
    assert [(row["id"], row["outcome"], row["earned"]) for row in context["cases"]] == [
        ("two", "passed", 40),
        ("three", "failed", 0),
        ("nothing", "passed", 25),
    ]


def test_the_page_of_a_submission_that_waits_lists_what_is_to_come(send, ana, as_ana):
    context = as_ana.get(send(ana, kind=Kind.RUN).get_absolute_url()).context
    assert [(row["id"], row["outcome"]) for row in context["cases"]] == [("two", None)]
    assert [event["type"] for event in context["story"]] == ["queued"]


@pytest.mark.parametrize("page", ["/challenges/doubling/"])
def test_a_page_costs_the_same_number_of_queries_however_much_there_is(graded, as_ana, tiny, page):
    graded(failed="three")
    few = queries(as_ana, page)
    for number in range(4):
        publish(package=tiny(f"more-{number}"))
        graded(failed="two")
    assert queries(as_ana, page) == few <= 12


def queries(client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)
