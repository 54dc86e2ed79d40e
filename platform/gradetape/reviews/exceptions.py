"""Why something can't be done. A class's docstring is its default message; people read it."""

from typing import Any

from gradetape.exceptions import GradeTapeError
from gradetape.reviews.models.review import OfReview


class ReviewError(GradeTapeError):
    """This can't be done."""


class ReviewDone(ReviewError):
    """Your review is done. Reopen it to change something."""

    code = "done"


class NoRecommendation(ReviewError):
    """Choose a recommendation first: it is what your colleagues look for."""

    code = "no_recommendation"


class TooLong(ReviewError):
    """That is longer than fits here. Shorten it; what you typed stays in this window."""

    code = "too_large"


class TextChanged(ReviewError):
    """This was changed in another window."""

    code = "conflict"

    def __init__(self, newer: OfReview) -> None:
        super().__init__()
        self.newer = newer


class ChoiceChanged(ReviewError):
    """You chose something else in another window, which is shown now. Choose again if this one is right."""

    code = "conflict"

    def __init__(self, now: Any) -> None:
        super().__init__()
        self.now = now


class NoSuchCriterion(ReviewError):
    """The rubric was changed meanwhile and has this criterion no more. Reload the page."""

    code = "no_criterion"


class NoSuchEvidence(ReviewError):
    """That leads to nothing in this sitting. Paste the address of a moment of its replay or of a line of its code."""

    code = "no_evidence"


class TooMuchEvidence(ReviewError):
    """That is a lot of evidence for one criterion. Take something out first."""

    code = "too_much"


class BadPoints(ReviewError):
    """Points can't be that."""

    code = "bad_points"


class RubricChanged(ReviewError):
    """Somebody changed this rubric while you did. Yours is not saved: compare, then save again."""

    code = "conflict"
