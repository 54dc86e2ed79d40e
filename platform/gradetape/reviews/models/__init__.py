"""What a review consists of, and what all reviewers of an interview share: rubrics and overridden points."""

from gradetape.reviews.models.points import Override
from gradetape.reviews.models.review import Comment, Evidence, Recommendation, Review, Score, Words, WordsKind
from gradetape.reviews.models.rubric import Rescoring, RubricEdition

__all__ = [
    "Comment",
    "Evidence",
    "Override",
    "Recommendation",
    "Rescoring",
    "Review",
    "RubricEdition",
    "Score",
    "Words",
    "WordsKind",
]
