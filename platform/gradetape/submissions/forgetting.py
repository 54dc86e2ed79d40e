"""What is forgotten of submissions when their sitting is anonymised: every text; verdicts, points and times stay."""

from functools import partial

from django.db import transaction

from gradetape.accounts.leaving import forget_stories
from gradetape.interviews.forgetting import forgets
from gradetape.interviews.models import Sitting
from gradetape.submissions.actions import cancel
from gradetape.submissions.models import (
    Attempt,
    CaseResult,
    Draft,
    EditorSettings,
    Kind,
    Snippet,
    Submission,
    SubmissionEvent,
)


@forgets
def forget_code(sitting: Sitting) -> None:
    """The source, and whatever may quote it: messages, output, the story. What is being graded is stopped."""
    mine = Submission.objects.filter(candidate_id=sitting.candidate_id)
    for submission in mine.open():
        cancel(submission=submission)
    stories = list(mine.values_list("pk", flat=True))
    mine.filter(kind=Kind.SCRATCH).delete()
    for typed in (Draft, Snippet):
        typed.objects.filter(candidate_id=sitting.candidate_id).delete()
    EditorSettings.objects.filter(user_id=sitting.candidate_id).delete()
    SubmissionEvent.objects.filter(submission__in=mine).delete()
    CaseResult.objects.filter(submission__in=mine).update(message="", line=None, difference=None)
    Attempt.objects.filter(submission__in=mine).update(fault="")
    mine.update(source=b"", message="", line=None, output={})
    transaction.on_commit(partial(forget_stories, stories))
