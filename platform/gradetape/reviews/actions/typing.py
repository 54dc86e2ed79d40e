"""What a reviewer types: kept on top of what it was typed on, never over something newer."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.interviews.models import Sitting
from gradetape.reviews.actions.review import noted, opened
from gradetape.reviews.exceptions import TextChanged, TooLong
from gradetape.reviews.models import Comment, Words
from gradetape.reviews.models.review import OfReview
from gradetape.submissions.models import Submission
from gradetape.submissions.text import storable

LONGEST = 20_000


def keep_words(*, sitting: Sitting, reviewer: User, kind: str, text: str, revision: int) -> OfReview:
    """Keep the summary or the notes. Raises ReviewDone, TextChanged, TooLong."""
    with opened(sitting=sitting, reviewer=reviewer) as review:
        return kept(Words.objects.filter(review=review, kind=kind), Words(review=review, kind=kind), text, revision)


def keep_comment(
    *, sitting: Sitting, reviewer: User, submission: Submission, line: int, text: str, revision: int
) -> OfReview:
    """Keep a comment at a line of an attempt; without text there is none. Raises ReviewDone, TextChanged, TooLong."""
    with opened(sitting=sitting, reviewer=reviewer) as review:
        place = {"review": review, "submission": submission, "line": line}
        rows = Comment.objects.filter(**place)
        was = bool(rows.values_list("text", flat=True).first())
        comment = kept(rows, Comment(**place), text, revision)
        if was != bool(comment.text):
            noted("comment.deleted" if was else "comment.made", sitting, reviewer)
        return comment


def kept(rows: QuerySet[Any], fresh: OfReview, text: str, revision: int) -> OfReview:
    """Write the text into the one row, or into `fresh`, if it is still at this revision; within review.opened.

    Saving what is kept already is no conflict, whatever the revision. Raises TextChanged, TooLong.
    """
    text = str(storable(text))
    if len(text) > LONGEST:
        raise TooLong(f"Up to {LONGEST} characters fit here. Shorten it; what you typed stays in this window.")
    row: OfReview = rows.first() or fresh
    if row.text == text and row.revision:
        return row
    if row.revision != revision:
        raise TextChanged(row)
    row.text, row.revision, row.saved_at = text, revision + 1, timezone.now()
    row.save()
    return row
