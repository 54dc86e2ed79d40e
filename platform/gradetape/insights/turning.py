"""Which later version of a challenge passes what was reported."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery

from grader.model import Outcome
from gradetape.catalog.models import ChallengeVersion
from gradetape.insights.models import CaseReport
from gradetape.regrading.models import RegradedSubmission


def turned_by(reports: Iterable[CaseReport]) -> dict[int, int]:
    """The number of the first later version with which the reported case of that submission passes, by report.

    Known of versions that the submission was graded with again, to show what would change or for good. One query.
    """
    listed = list(reports)
    numbers = ChallengeVersion.objects.filter(digest=OuterRef("regrade__digest")).values("number")
    again = RegradedSubmission.objects.filter(
        submission__in={one.submission_id for one in listed}, turn__isnull=False, fault=""
    )
    found = again.annotate(number=Subquery(numbers)).filter(number__isnull=False).order_by("-number")
    rows = list(found.values_list("submission_id", "number", "cases"))
    # From the last to the first: the first one stays.
    return {
        report.pk: number
        for report in listed
        for submission, number, cases in rows
        if submission == report.submission_id
        and number > report.version.number
        and cases.get(report.case) == Outcome.PASSED
    }
