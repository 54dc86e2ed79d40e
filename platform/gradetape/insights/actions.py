"""Writes on reports."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.audit import log
from gradetape.insights.exceptions import AlreadyAnswered, AlreadyReported, BadWords, NotReportable, TooManyReports
from gradetape.insights.judging import judged, may_report, result_of
from gradetape.insights.models import CaseReport, ReportOutcome, ReportState
from gradetape.submissions.models import Submission
from gradetape.submissions.text import storable

SHORTEST = 10
LONGEST = 2000
A_DAY = 10
DAY = timedelta(days=1)


def scope_of(slug: str) -> str:
    """Under which the audit log keeps what is done to a challenge."""
    return f"challenge:{slug}"


@transaction.atomic
def report(*, submission_id: UUID, case: str, words: str, by: User) -> CaseReport:
    """Say of a failed case that it looks right.

    Raises NotReportable, AlreadyReported, BadWords, TooManyReports.
    """
    # One person's reports are counted one after the other, and two for the same case meet here.
    User.objects.select_for_update().get(pk=by.pk)
    submission = Submission.objects.select_related("version__challenge").filter(pk=submission_id).first()
    result = result_of(submission, case) if submission and may_report(by, submission) else None
    if submission is None or result is None:
        raise NotReportable
    if submission.case_reports.filter(case=case).exists():
        raise AlreadyReported
    text = checked(words, SHORTEST)
    if CaseReport.objects.of(by).filter(created_at__gt=timezone.now() - DAY).count() >= A_DAY:
        raise TooManyReports
    made = CaseReport.objects.create(
        submission=submission, version=submission.version, case=case, judged=judged(result), words=text
    )
    log.record(
        actor=by, action="case.reported", scope=scope_of(submission.challenge.slug), about=f"report:{made.pk}",
        case=case,
    )  # fmt: skip
    return made


@transaction.atomic
def answer(*, report: CaseReport, outcome: ReportOutcome, words: str, by: User) -> None:
    """Answer for the authors, once. Raises AlreadyAnswered, BadWords."""
    facts = {"outcome": outcome, "answer": checked(words, 1), "answered_by": by, "answered_at": timezone.now()}
    answered = CaseReport.objects.open().filter(pk=report.pk).update(state=ReportState.ANSWERED, **facts)
    if not answered:
        raise AlreadyAnswered
    log.record(
        actor=by, action="report.answered", scope=scope_of(report.version.challenge.slug), about=f"report:{report.pk}",
        case=report.case, outcome=outcome.value,
    )  # fmt: skip


def note_seen(*, submission: Submission, by: User) -> None:
    """The candidate has the answers on this submission before their eyes."""
    CaseReport.objects.unseen_by(by).filter(submission=submission).update(seen_at=timezone.now())


def checked(words: str, shortest: int) -> str:
    """The text without blanks around it. Raises BadWords."""
    text = str(storable(words.replace("\r\n", "\n"))).strip()
    if not shortest <= len(text) <= LONGEST:
        raise BadWords(f"Expected {shortest} to {LONGEST} characters. Received: {len(text)}.")
    return text
