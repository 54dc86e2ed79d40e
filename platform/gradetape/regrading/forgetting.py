"""What is forgotten of regrades when a sitting is anonymised: what the candidate's code said. Numbers stay."""

from gradetape.interviews.forgetting import forgets
from gradetape.interviews.models import Sitting
from gradetape.regrading.models import RegradedSubmission


@forgets
def forget_results(sitting: Sitting) -> None:
    """Results that were kept to be used, and what broke."""
    mine = RegradedSubmission.objects.filter(submission__candidate=sitting.candidate_id)
    mine.update(result=None)
    mine.exclude(fault="").update(fault="Forgotten with its sitting.")
