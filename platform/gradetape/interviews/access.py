"""How a view comes to an interview and to what hangs on it: for the people of its team, and for nobody else."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from gradetape.accounts.http import SignedInRequest, only_for
from gradetape.accounts.models import User
from gradetape.interviews.models import Interview, Sitting
from gradetape.interviews.models.interview import may_interview
from gradetape.submissions.models import Submission
from gradetape.submissions.models.submission import SubmissionQuerySet

interviewers_only = only_for(may_interview)


def interview_of(request: SignedInRequest, pk: UUID) -> Interview:
    """The interview, if one may see it. Raises Http404."""
    return get_object_or_404(Interview.objects.visible_to(request.user), pk=pk)


def sitting_of(user: User, pk: UUID, sitting_id: UUID) -> Sitting:
    """A sitting of the interview `pk` that was started, if one may see it. Raises Http404."""
    mine = Sitting.objects.of_interviews_of(user).select_related("invitation__interview", "candidate")
    return get_object_or_404(mine, pk=sitting_id, invitation__interview=pk, started_at__isnull=False)


def submissions_of(interview: Interview) -> SubmissionQuerySet:
    """All that the candidates of an interview sent."""
    sittings = Sitting.objects.filter(invitation__interview=interview)
    return Submission.objects.filter(candidate__in=sittings.values("candidate")).select_related("version__challenge")
