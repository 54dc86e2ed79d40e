"""One's own review: the recommendation, being done with it, opening it again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.audit import log
from gradetape.interviews.models import Sitting
from gradetape.reviews.exceptions import ChoiceChanged, NoRecommendation, ReviewDone
from gradetape.reviews.models import Review
from gradetape.webhooks.models import Event
from gradetape.webhooks.outbox import announce


@contextmanager
def opened(*, sitting: Sitting, reviewer: User) -> Iterator[Review]:
    """One's review of a sitting, made where there is none yet, and held while something in it changes.

    Raises ReviewDone.
    """
    with transaction.atomic():
        Review.objects.get_or_create(sitting=sitting, reviewer=reviewer)
        review = _held(sitting, reviewer)
        assert review is not None
        if review.is_done:
            raise ReviewDone
        yield review


def noted(action: str, sitting: Sitting, by: User, **details: object) -> None:
    """Put it into the interview's log. All of the team reads that: it tells nothing that others are blind to."""
    log.record(actor=by, action=action, scope=sitting.interview.scope, about=f"sitting:{sitting.pk}", **details)


def recommend(*, sitting: Sitting, reviewer: User, choice: str, was: str) -> None:
    """Choose a recommendation, or none, in place of what the window showed. Raises ReviewDone, ChoiceChanged."""
    with opened(sitting=sitting, reviewer=reviewer) as review:
        if review.recommendation not in {was, choice}:
            raise ChoiceChanged(review.recommendation)
        if review.recommendation != choice:
            review.recommendation = choice
            review.save(update_fields=["recommendation"])
            noted("review.recommended", sitting, reviewer)


def finish_review(*, sitting: Sitting, reviewer: User) -> Review:
    """Be done: from here on others who are done see it, and its reviewer sees theirs. Raises NoRecommendation.

    The one place where a review becomes done; once it is, finishing again does nothing.
    """
    with transaction.atomic():
        review = _held(sitting, reviewer)
        if review is None or not review.recommendation:
            raise NoRecommendation
        if not review.is_done:
            review.done_at = timezone.now()
            review.save(update_fields=["done_at"])
            noted("review.done", sitting, reviewer)
            announce(sitting=sitting, event=Event.REVIEWED)
    return review


def reopen_review(*, sitting: Sitting, reviewer: User) -> None:
    """Change it once more. Others see it no longer until it is done again, and will see that it was reopened."""
    with transaction.atomic():
        review = _held(sitting, reviewer)
        if review is not None and review.is_done:
            review.done_at, review.reopened_at = None, timezone.now()
            review.save(update_fields=["done_at", "reopened_at"])
            noted("review.reopened", sitting, reviewer)


def _held(sitting: Sitting, reviewer: User) -> Review | None:
    return Review.objects.select_for_update().filter(sitting=sitting, reviewer=reviewer).first()
