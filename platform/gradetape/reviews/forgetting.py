"""What is forgotten of reviews when their sitting is anonymised: every text. Levels, points and advice stay."""

from gradetape.interviews.forgetting import forgets
from gradetape.interviews.models import Sitting
from gradetape.reviews.models import Comment, Evidence, Override, Score, Words

# An overridden point always has a reason.
FORGOTTEN = "(forgotten with the person)"


@forgets
def forget_words(sitting: Sitting) -> None:
    """Comments, summaries and notes, and what scores point at: the code and the recording are gone."""
    of_sitting = {"review__sitting": sitting}
    Comment.objects.filter(**of_sitting).delete()
    Words.objects.filter(**of_sitting).delete()
    Evidence.objects.filter(score__review__sitting=sitting).delete()
    Score.objects.filter(**of_sitting).update(text="")
    Override.objects.filter(submission__candidate_id=sitting.candidate_id).update(reason=FORGOTTEN)
