"""A line about a grading that took another's place."""

from typing import Any

from django import template

from gradetape.regrading.models import RegradedSubmission
from gradetape.submissions.models import Submission

register = template.Library()


@register.inclusion_tag("submissions/regraded.html")
def regraded(submission: Submission) -> dict[str, Any]:
    """When a submission was regraded last, with which version, and what it was before; nothing for others."""
    rows = RegradedSubmission.objects.filter(submission=submission, applied_at__isnull=False)
    found = rows.select_related("regrade__version").defer("regrade__archive").order_by("-applied_at").first()
    return {"row": found, "version": found.regrade.version if found else None}
