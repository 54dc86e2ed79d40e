"""Reports as their candidate reads them."""

from gradetape.accounts.models import User
from gradetape.insights.actions import note_seen
from gradetape.insights.models import CaseReport
from gradetape.submissions.models import Submission


def reports_on(submission: Submission, user: User) -> list[CaseReport]:
    """What somebody reported on their own submission. With the answers they have them before their eyes."""
    if submission.candidate_id != user.pk:
        return []
    found = list(submission.case_reports.order_by("created_at"))
    if any(report.answered_at and not report.seen_at for report in found):
        note_seen(submission=submission, by=user)
    return found
