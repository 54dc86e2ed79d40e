"""Which later version of a challenge passes what was reported."""

from collections.abc import Iterable

from grader.model import Outcome
from gradetape.insights.models import CaseReport
from gradetape.submissions.models import CaseResult


def turned_by(reports: Iterable[CaseReport]) -> dict[int, int]:
    """For reports of cases that pass by now the number of the version that the submission was graded with again.

    By the reports' keys; one query. `submission__version` has to be loaded.
    """
    later = {one.pk: one for one in reports if one.submission.version.number > one.version.number}
    passed = CaseResult.objects.filter(
        submission__in={one.submission_id for one in later.values()}, outcome=Outcome.PASSED
    )
    passing = set(passed.values_list("submission_id", "case")) if later else set()
    return {pk: one.submission.version.number for pk, one in later.items() if (one.submission_id, one.case) in passing}
