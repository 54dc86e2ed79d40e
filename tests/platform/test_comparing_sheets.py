"""What leaves the platform: the CSV file and the report."""

import csv
import io

import pytest
from comparing import candidate, graded
from django.utils import timezone
from interviewing import an_interview, let_pass
from support import signed_in

from gradetape.accounts.models import User
from gradetape.comparing.sheet import safe
from gradetape.interviews.models import Interview
from gradetape.reviews.models import Comment, Override, Review, Score, Words

pytestmark = pytest.mark.django_db(transaction=True)
SOURCE = "def double(x):\n    return x + x  # planted-source\n"


@pytest.fixture
def asked(ines, iris, version) -> Interview:
    interview = an_interview(ines, [version.challenge])
    interview.team.add(iris)
    return interview


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def review_by(reviewer: User, sitting, *, done: bool = True) -> Review:
    """A review that says something in every way there is."""
    sent = sitting.candidate.submissions.latest("created_at")
    task = sitting.interview.tasks.get()
    review = Review.objects.create(
        sitting=sitting, reviewer=reviewer, recommendation="yes", done_at=timezone.now() if done else None
    )
    name = reviewer.display_name
    Words.objects.create(review=review, kind="summary", text=f"summary by {name}")
    Words.objects.create(review=review, kind="notes", text=f"notes by {name}")
    Comment.objects.create(review=review, submission=sent, line=2, text=f"comment by {name}")
    Score.objects.create(review=review, task=task, criterion="c1", level=3, text=f"score by {name}")
    return review


def test_a_row_for_each_candidate(ines, asked, version):
    ana = candidate(asked, "Ana Ödön", "ana")
    graded(ana, version, three=5.5)
    candidate(asked, "Bo")
    review_by(ines, ana)
    answer = signed_in(ines).get(f"{asked.get_absolute_url()}candidates.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="backend-candidates.csv"'
    first, second = rows_of(answer)
    assert float(first.pop("seconds_used")) >= 0
    assert first == {
        "candidate": "Ana Ödön", "sitting": str(ana.pk), "state": "running",
        "started": ana.started_at.isoformat(timespec="seconds"), "minutes_given": "60", "total": "70.5",
        "doubling": "70.5", "doubling.basics": "45.5", "doubling.edges": "25.0", "submissions": "1", "runs": "0",
        "rubric": "", "recommendations": "Yes",
    }  # fmt: skip
    assert (second["candidate"], second["total"], second["doubling.basics"], second["submissions"]) == (
        "Bo", "0.0", "", "0",
    )  # fmt: skip


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", " =", "＝", "|", "%"])
def test_no_cell_is_a_formula(begins):
    assert safe(f"{begins}cmd()") == f"'{begins}cmd()"
    assert safe("Ana = Bo") == "Ana = Bo"


def test_a_name_is_no_formula_in_the_file(ines, asked):
    candidate(asked, '=1+1, "Bo"', "bo")
    row = rows_of(signed_in(ines).get(f"{asked.get_absolute_url()}candidates.csv"))[0]
    assert row["candidate"] == '\'=1+1, "Bo"'


def test_a_report_has_all_that_is_needed_to_decide(ines, asked, version):
    ana = candidate(asked, "Ana")
    sent = graded(ana, version, SOURCE, three=0)
    Override.objects.create(submission=sent, case="three", was=0, points=30, reason="planted-reason", by=ines)
    Override.objects.create(
        submission=sent, case="two", was=40, points=1, reason="revoked-reason", by=ines, revoked_at=timezone.now()
    )
    review_by(ines, ana)
    text = signed_in(ines).get(f"{asked.get_absolute_url()}report/").text
    for words in (
        "70 of 75", "25 of 25", "95 of 100", "Three: 0 → 30", "planted-reason", "planted-source", "summary by Ines",
        "comment by Ines", "Review by Ines: Yes",
    ):  # fmt: skip
        assert words in text, words
    for words in ("revoked-reason", "notes by Ines", "<script>alert"):
        assert words not in text, words


def test_a_report_without_code_keeps_the_comments(ines, asked, version):
    ana = candidate(asked, "Ana")
    graded(ana, version, SOURCE)
    review_by(ines, ana)
    text = signed_in(ines).get(f"{asked.get_absolute_url()}report/?code=no").text
    assert "planted-source" not in text
    assert "Line 2: comment by Ines" in text


def test_a_report_on_one_candidate_is_about_nobody_else(ines, asked, version):
    ana, bo = candidate(asked, "Ana"), candidate(asked, "Bo")
    graded(ana, version, SOURCE)
    as_ines = signed_in(ines)
    text = as_ines.get(f"{asked.get_absolute_url()}report/?candidate={bo.pk}").text
    assert "Bo" in text
    assert "Ana" not in text
    assert "planted-source" not in text
    other = candidate(an_interview(ines, [version.challenge]), "Cleo")
    for nobody in (other.pk, "x", "' or 1=1"):
        assert as_ines.get(f"{asked.get_absolute_url()}report/", {"candidate": nobody}).status_code == 404


def test_reviewers_stay_blind_in_what_is_printed(ines, iris, asked, version):
    ana = candidate(asked, "Ana")
    graded(ana, version, SOURCE)
    review_by(ines, ana)
    unfinished = review_by(iris, ana, done=False)
    as_iris, base = signed_in(iris), asked.get_absolute_url()
    report, sheet = as_iris.get(f"{base}report/").text, as_iris.get(f"{base}candidates.csv").text
    assert "by Ines" not in report
    assert "comment by Iris" not in report
    assert "Yes" not in sheet
    Review.objects.filter(pk=unfinished.pk).update(done_at=timezone.now())
    report = as_iris.get(f"{base}report/").text
    assert "comment by Ines" in report
    assert "comment by Iris" in report
    assert "notes by Ines" not in report
    assert rows_of(as_iris.get(f"{base}candidates.csv"))[0]["recommendations"] == "Yes; Yes"


def test_hidden_names_stay_hidden_in_what_leaves(ines, asked, version):
    ana = candidate(asked, "Planted")
    graded(ana, version)
    let_pass(ana, minutes=20)
    Interview.objects.update(hides_names=True)
    as_ines, base = signed_in(ines), asked.get_absolute_url()
    answer = as_ines.get(f"{base}candidates.csv")
    for text in (
        answer.text,
        as_ines.get(f"{base}report/").text,
        as_ines.get(f"{base}report/?candidate={ana.pk}").text,
    ):
        assert "planted" not in text.casefold()
        assert "Candidate 1" in text
        assert ana.started_at.isoformat()[:16] not in text
    assert rows_of(answer)[0]["started"] == ""


def test_code_and_words_are_text_in_the_report(ines, asked, version):
    ana = candidate(asked, "<b>Ana</b>", "ana")
    graded(ana, version, "</code><script>alert(1)</script>")
    Comment.objects.create(
        review=review_by(ines, ana), submission=ana.candidate.submissions.get(), line=1, text="<img>"
    )
    text = signed_in(ines).get(f"{asked.get_absolute_url()}report/").text
    assert "<script>alert" not in text
    assert "<img>" not in text
    assert "<b>Ana" not in text
