"""A candidate reports a case; the authors read it with the code and answer; the candidate learns of it."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from failing import graded
from interviewing import started
from support import signed_in

from grader.model import Outcome
from gradetape.accounts.export import files
from gradetape.accounts.leaving import delete_account
from gradetape.accounts.models import Role, User
from gradetape.audit.models import AuditEntry
from gradetape.audit.words import WORDS
from gradetape.catalog.actions import publish
from gradetape.catalog.models import ChallengeVersion
from gradetape.insights import actions
from gradetape.insights.exceptions import AlreadyAnswered, BadWords, NotReportable
from gradetape.insights.models import CaseReport, ReportOutcome
from gradetape.insights.turning import turned_by
from gradetape.interviews.guests import make_guest
from gradetape.regrading.models import Regrade, RegradedSubmission
from gradetape.submissions.models import Kind, Submission

pytestmark = pytest.mark.django_db(transaction=True)
WORDS_SENT = "The statement says that three is nine."


@pytest.fixture
def avi(db) -> User:
    return User.objects.create_user("avi@example.org", "f-long-password", display_name="Avi", role=Role.AUTHOR)


@pytest.fixture
def as_avi(avi):
    return signed_in(avi)


@pytest.fixture
def failed(send, take, ana) -> Submission:
    return graded(send, take, ana, ["three"], source="ana_was_here = 1")


@pytest.fixture
def reported(failed, ana) -> CaseReport:
    return actions.report(submission_id=failed.pk, case="three", words=WORDS_SENT, by=ana)


def address(submission, case="three") -> str:
    return f"/submissions/{submission.pk}/cases/{case}/report/"


def answer(report, by, words="It is corrected.", outcome=ReportOutcome.FIXED) -> None:
    actions.answer(report=report, outcome=outcome, words=words, by=by)


def test_a_failed_case_is_reported_with_what_the_judge_said(failed, as_ana):
    page = as_ana.get(address(failed))
    assert b"The authors of this site read the code" in page.content
    assert as_ana.post(address(failed), {"words": WORDS_SENT}).status_code == 302
    made = CaseReport.objects.get()
    assert (made.case, made.words, made.version) == ("three", WORDS_SENT, failed.version)
    assert made.judged["hint"] == "hint of three"
    assert made.judged["outcome"] == "failed"


def test_the_result_offers_it_to_its_candidate_alone(failed, as_ana, ada):
    assert b"data-reports" in as_ana.get(f"/submissions/{failed.pk}/").content
    assert b"data-reports" not in signed_in(ada).get(f"/submissions/{failed.pk}/").content


@pytest.mark.parametrize("case", ["two", "unheard-of"])
def test_what_passed_or_is_not_there_can_not_be_reported(failed, as_ana, case):
    assert as_ana.get(address(failed, case)).status_code == 404
    assert as_ana.post(address(failed, case), {"words": WORDS_SENT}).status_code == 404


@pytest.mark.parametrize("outcome", [Outcome.NOT_RUN, Outcome.JUDGE_ERROR])
def test_a_case_that_was_not_judged_can_not_be_reported(send, take, ana, as_ana, outcome):
    failed = graded(send, take, ana, ["three"], outcome=outcome)
    assert as_ana.get(address(failed)).status_code == 404


def test_a_run_of_the_samples_and_what_is_not_graded_can_not_be_reported(send, ana):
    for kind in (Kind.RUN, Kind.SUBMIT):
        with pytest.raises(NotReportable):
            actions.report(submission_id=send(ana, kind=kind).pk, case="three", words=WORDS_SENT, by=ana)


@pytest.mark.parametrize("facts", [{"kind": Kind.RUN}, {"verdict": "judge_error"}])
def test_what_counts_for_nothing_can_not_be_reported_though_a_case_failed(failed, ana, as_ana, facts):
    Submission.objects.filter(pk=failed.pk).update(**facts)
    assert as_ana.get(address(failed)).status_code == 404
    with pytest.raises(NotReportable):
        actions.report(submission_id=failed.pk, case="three", words=WORDS_SENT, by=ana)


def test_nothing_of_a_sitting_is_reported(send, take, db):
    guest = make_guest(name="Gast")
    failed = graded(send, take, guest, ["three"])
    with pytest.raises(NotReportable):
        actions.report(submission_id=failed.pk, case="three", words=WORDS_SENT, by=guest)
    assert signed_in(guest).post(address(failed), {"words": WORDS_SENT}).status_code == 404


def test_the_workbench_offers_it_and_the_room_of_an_interview_does_not(interview, version, as_ana):
    assert b"data-reports" in as_ana.get("/challenges/doubling/").content
    guest, sitting = started(interview)
    room = guest.get(f"/sitting/{sitting.pk}/challenges/doubling/")
    assert room.status_code == 200
    assert b"data-reports" not in room.content


def test_somebody_else_s_submission_is_not_found(failed, as_bob, ada):
    for client in (as_bob, signed_in(ada)):
        assert client.get(address(failed)).status_code == 404
        assert client.post(address(failed), {"words": WORDS_SENT}).status_code == 404
    assert not CaseReport.objects.exists()


def test_a_case_is_reported_once_for_each_submission(reported, failed, as_ana):
    answer = as_ana.post(address(failed), {"words": WORDS_SENT}, follow=True)
    assert b"reported this case of this submission already" in answer.content
    assert CaseReport.objects.count() == 1


@pytest.mark.parametrize("words", ["", "too short", " " * 50, "x" * 2001])
def test_reports_have_a_length(failed, as_ana, ana, words):
    assert as_ana.post(address(failed), {"words": words}).status_code == 400
    with pytest.raises(BadWords):
        actions.report(submission_id=failed.pk, case="three", words=words, by=ana)
    assert not CaseReport.objects.exists()


def test_reports_are_counted_by_the_day_and_what_was_typed_stays(send, take, ana, as_ana, monkeypatch):
    monkeypatch.setattr(actions, "A_DAY", 1)
    first = graded(send, take, ana, ["three", "two"])
    as_ana.post(address(first), {"words": WORDS_SENT})
    refused = as_ana.post(address(first, "two"), {"words": WORDS_SENT})
    assert refused.status_code == 429
    assert WORDS_SENT.encode() in refused.content
    CaseReport.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    assert as_ana.post(address(first, "two"), {"words": WORDS_SENT}).status_code == 302


def test_an_author_reads_it_with_the_code_and_no_name(reported, as_avi, avi):
    listed = as_avi.get("/studio/challenges/doubling/reports/")
    assert WORDS_SENT.encode() in listed.content
    page = as_avi.get(reported.get_absolute_url())
    for told in (WORDS_SENT, "hint of three", "ana_was_here = 1"):
        assert told.encode() in page.content
    for told in ("ana@example.org", ">Ana<"):
        assert told.encode() not in page.content + listed.content
    assert AuditEntry.objects.filter(actor=avi, action="report.read", about=f"report:{reported.pk}").count() == 1


def test_an_answer_reaches_the_candidate_until_it_is_seen(reported, failed, as_avi, as_ana):
    assert b"answered your report" not in as_ana.get("/dashboard/").content
    sent = {"outcome": "unclear", "words": "The statement is clearer now."}
    assert as_avi.post(reported.get_absolute_url(), sent).status_code == 302
    assert b"answered your report on" in as_ana.get("/dashboard/").content
    page = as_ana.get(f"/submissions/{failed.pk}/").content
    assert b"The statement is clearer now." in page
    assert b"Avi" not in page
    assert b"answered your report" not in as_ana.get("/dashboard/").content
    assert b"The statement is clearer now." in as_ana.get(address(failed)).content


def test_nobody_else_makes_an_answer_seen(reported, failed, avi, ada, as_ana):
    answer(reported, avi)
    signed_in(ada).get(f"/submissions/{failed.pk}/")
    assert b"answered your report on" in as_ana.get("/dashboard/").content


def test_a_report_is_answered_once(reported, avi, ada, as_avi):
    answer(reported, ada)
    with pytest.raises(AlreadyAnswered):
        answer(reported, avi, words="No.", outcome=ReportOutcome.STANDS)
    late = as_avi.post(reported.get_absolute_url(), {"outcome": "stands", "words": "No."}, follow=True)
    assert b"Their answer stands" in late.content
    reported.refresh_from_db()
    assert (reported.outcome, reported.answer, reported.answered_by) == ("fixed", "It is corrected.", ada)


@pytest.mark.parametrize("sent", [{"outcome": "stands"}, {"words": "No."}, {"outcome": "maybe", "words": "No."}])
def test_an_answer_needs_an_outcome_and_words(reported, as_avi, sent):
    assert as_avi.post(reported.get_absolute_url(), sent).status_code == 400
    assert CaseReport.objects.get().is_open


@pytest.mark.parametrize("who", ["ana", "ines"])
def test_only_authors_read_and_answer(reported, ana, ines, who):
    client = signed_in({"ana": ana, "ines": ines}[who])
    for page in ("/studio/challenges/", "/studio/challenges/doubling/learn/", "/studio/challenges/doubling/reports/",
                 reported.get_absolute_url()):  # fmt: skip
        assert client.get(page).status_code == 404
    assert client.post(reported.get_absolute_url(), {"outcome": "fixed", "words": "Ha."}).status_code == 404
    assert CaseReport.objects.get().is_open


def test_a_report_is_found_under_its_own_challenge_alone(reported, as_avi, tiny):
    publish(package=tiny(slug="halving"))
    assert as_avi.get(f"/studio/challenges/halving/reports/{reported.pk}/").status_code == 404


def test_open_reports_come_first_and_are_counted(reported, send, take, ana, avi, as_avi):
    answer(reported, avi)
    assert b"open report" not in as_avi.get("/studio/").content
    later = graded(send, take, ana, ["nothing"])
    newer = actions.report(submission_id=later.pk, case="nothing", words=WORDS_SENT, by=ana)
    CaseReport.objects.filter(pk=newer.pk).update(created_at=timezone.now() - timedelta(days=9))
    assert b"1 open report<" in as_avi.get("/studio/").content
    page = as_avi.get("/studio/challenges/doubling/reports/").context["page"]
    assert [one.pk for one in page] == [newer.pk, reported.pk]
    assert b"1 open<" in as_avi.get("/studio/challenges/").content


def test_a_list_of_reports_costs_the_same_however_long(reported, send, take, ana, as_avi):
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_avi.get("/studio/challenges/doubling/reports/")
        return len(captured)

    few = asked()
    for case in ("two", "nothing"):
        sent = graded(send, take, ana, [case])
        actions.report(submission_id=sent.pk, case=case, words=WORDS_SENT, by=ana)
    assert asked() == few


@pytest.fixture
def regraded(failed, version):
    """Graded again with a package; `published`: as which version it came out."""

    def make(package, outcome: str, *, published: bool = True) -> None:
        if published:
            publish(package=package)
        facts = {"challenge": version.challenge, "archive": package.archive(), "engine": "e", "against": version}
        made = Regrade.objects.create(kind="shadow", digest=package.digest, state="finished", **facts)
        RegradedSubmission.objects.create(
            regrade=made, submission=failed, position=0, turn=1, cases={"three": outcome, "two": "passed"}
        )

    return make


def test_it_says_which_later_version_passes_first(reported, regraded, tiny, as_avi):
    regraded(tiny(statement="# Second\n"), "failed")
    assert turned_by([reported]) == {}
    regraded(tiny(statement="# Third\n"), "passed")
    regraded(tiny(statement="# Fourth\n"), "passed")
    regraded(tiny(statement="# Never published\n"), "passed", published=False)
    assert turned_by([reported]) == {reported.pk: 3}
    assert b"With version 3 the case passes." in as_avi.get(reported.get_absolute_url()).content
    assert b"passes with 3" in as_avi.get("/studio/challenges/doubling/reports/").content


def test_an_earlier_version_is_no_later_one(reported, regraded, tiny):
    second = tiny(statement="# Second\n")
    regraded(second, "passed")
    CaseReport.objects.update(version=ChallengeVersion.objects.get(digest=second.digest))
    assert turned_by(CaseReport.objects.select_related("version")) == {}


def test_what_was_done_is_audited_in_words(reported, avi, ana):
    answer(reported, avi)
    rows = AuditEntry.objects.filter(scope="challenge:doubling", about__startswith="report:").order_by("pk")
    assert [(row.action, row.actor) for row in rows] == [("case.reported", ana), ("report.answered", avi)]
    assert not [row for row in rows if WORDS_SENT in json.dumps(row.details)]
    assert {"case.reported", "report.answered", "report.read"} <= set(WORDS)


def test_reports_are_taken_along_and_gone_with_the_account(reported, ana, avi):
    answer(reported, avi)
    taken = {name: content for name, content in files(ana) if name.endswith("submission.json")}
    told = json.loads(next(iter(taken.values())))["reports"][0]
    assert (told["words"], told["answer"], told["case"]) == (WORDS_SENT, "It is corrected.", "three")
    delete_account(user=ana)
    assert not CaseReport.objects.exists()


def test_an_answer_outlives_who_gave_it(reported, avi, ada):
    answer(reported, avi)
    delete_account(user=avi)
    page = signed_in(ada).get(reported.get_absolute_url())
    assert b"Somebody who has left" in page.content
