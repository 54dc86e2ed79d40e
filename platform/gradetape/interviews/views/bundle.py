"""Interviewers take the verdict on a candidate's submission away, to grade it again elsewhere."""

from uuid import UUID

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gradetape.accounts.http import SignedInRequest
from gradetape.audit import log
from gradetape.interviews.access import interview_of, submissions_of
from gradetape.submissions.bundles import bundle_of


@require_safe
@never_cache
def bundle(request: SignedInRequest, pk: UUID, submission_id: UUID) -> StreamingHttpResponse:
    """All that decided a submission, in a file. Whoever may see the interview may have it."""
    found = interview_of(request, pk)
    submission = get_object_or_404(submissions_of(found), pk=submission_id)
    answer = bundle_of(submission, full=True)
    log.record(actor=request.user, action="bundle.made", scope=found.scope, about=f"submission:{submission.pk}")
    return answer
