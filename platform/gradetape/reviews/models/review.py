"""One reviewer's view of one sitting. Others don't see it before both of them are done."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.interviews.models import Interview, Sitting, Task
from gradetape.submissions.models import Submission

HIGHEST = 4


class Recommendation(models.TextChoices):
    """What a reviewer advises. Who abstains is done without a judgement, to read what others found."""

    STRONG_NO = "strong_no", "Strong no"
    NO = "no", "No"
    YES = "yes", "Yes"
    STRONG_YES = "strong_yes", "Strong yes"
    ABSTAIN = "abstain", "Abstain"


class ReviewQuerySet(models.QuerySet["Review"]):
    """The one place that keeps reviewers blind to one another."""

    def visible_to(self, user: User) -> "ReviewQuerySet":
        """One's own; and others' that are done, of sittings where one's own is done too."""
        mine = self.of_interviews_of(user)
        decided = Review.objects.filter(reviewer=user, done_at__isnull=False)
        return mine.filter(Q(reviewer=user) | Q(done_at__isnull=False, sitting__in=decided.values("sitting")))

    def of_interviews_of(self, user: User) -> "ReviewQuerySet":
        """All that there are, to be counted and rescored; nothing in them is shown."""
        return self.filter(sitting__invitation__interview__in=Interview.objects.visible_to(user).values("pk"))


class Review(models.Model):
    """What one interviewer makes of a sitting. It outlives their account, without their name.

    Done, nothing in it changes; `reopened_at` is when it was last opened again, after its reviewer could see others.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="reviews")
    recommendation = models.CharField(max_length=10, choices=Recommendation.choices, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "reviewer"], name="review_once"),
            models.CheckConstraint(
                condition=Q(recommendation="") | Q(recommendation__in=Recommendation.values),
                name="review_recommendation_known",
            ),
            models.CheckConstraint(condition=Q(done_at=None) | ~Q(recommendation=""), name="review_done_with_advice"),
        ]

    def __str__(self) -> str:
        return f"review of {self.sitting_id} by {self.reviewer_id}"

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    @property
    def author(self) -> str:
        """Who wrote it."""
        return str(self.reviewer) if self.reviewer else "a former colleague"


class OfReview(models.Model):
    """A text in a review. `revision` counts the saves; 0: nothing was typed yet."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="%(class)s_set")
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"text of review {self.review_id}, revision {self.revision}"


class WordsKind(models.TextChoices):
    """A summary is for the team, notes are for whoever wrote them."""

    SUMMARY = "summary", "Summary"
    NOTES = "notes", "Private notes"


class WordsQuerySet(models.QuerySet["Words"]):
    """Notes stay with whoever wrote them, also when all are done."""

    def visible_to(self, user: User) -> "WordsQuerySet":
        seen = self.filter(review__in=Review.objects.visible_to(user).values("pk"))
        return seen.filter(Q(kind=WordsKind.SUMMARY) | Q(review__reviewer=user))


class Words(OfReview):
    """What a review says of the whole sitting."""

    kind = models.CharField(max_length=8, choices=WordsKind.choices)

    objects = WordsQuerySet.as_manager()

    class Meta:
        ordering = ["review", "kind"]
        verbose_name_plural = "words"
        constraints = [models.UniqueConstraint(fields=["review", "kind"], name="words_once")]


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments are seen with their review."""

    def visible_to(self, user: User) -> "CommentQuerySet":
        return self.filter(review__in=Review.objects.visible_to(user).values("pk")).exclude(text="")


class Comment(OfReview):
    """What a review says of a line of an attempt. Lines are counted from 1."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    line = models.PositiveIntegerField()

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["submission", "line", "review"]
        constraints = [models.UniqueConstraint(fields=["review", "submission", "line"], name="comment_once")]


class ScoreQuerySet(models.QuerySet["Score"]):
    """Scores are seen with their review."""

    def visible_to(self, user: User) -> "ScoreQuerySet":
        return self.filter(review__in=Review.objects.visible_to(user).values("pk"))


class Score(OfReview):
    """How well a criterion of a task's rubric was met, 0 to 4, None: not said; the text is a note on it.

    `wording` is the edition that wrote the criterion as it read when the level was chosen.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    criterion = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(HIGHEST)])
    wording = models.PositiveIntegerField(default=0)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        ordering = ["review", "task", "criterion"]
        constraints = [
            models.UniqueConstraint(fields=["review", "task", "criterion"], name="score_once"),
            models.CheckConstraint(condition=Q(level=None) | Q(level__lte=HIGHEST), name="score_level_known"),
        ]


class Evidence(models.Model):
    """What a score points at: a moment of the replay (seconds since the start) or a line of an attempt."""

    score = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="evidence")
    at = models.FloatField(null=True)
    task = models.ForeignKey(Task, null=True, on_delete=models.CASCADE, related_name="+")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.CASCADE, related_name="+")
    line = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["score", "pk"]
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                condition=Q(at__isnull=False, submission=None, line=None)
                | Q(at=None, task=None, submission__isnull=False, line__isnull=False),
                name="evidence_moment_or_line",
            ),
        ]

    def __str__(self) -> str:
        return f"at {self.at} s" if self.line is None else f"line {self.line}"
