"""Which submissions the figures are over: the graded ones of a version, the newest MOST of them where there are more.

What they cost depends on MOST and not on what has gathered in years; of more, the newest tell best how the case is
answered now.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from grader.model import Verdict
from gradetape.catalog.models import ChallengeVersion
from gradetape.submissions.models import Submission
from gradetape.submissions.models.submission import SubmissionQuerySet

MOST = 2_000


class Sent(NamedTuple):
    """One submission. `is_first`: of its sender's graded ones to this challenge, whatever the version."""

    candidate: int
    at: datetime
    score: float
    verdict: str
    is_first: bool


@dataclass(frozen=True)
class Sample:
    """The submissions, the oldest first, of `total` that there are; `all` and `firsts` select them in the database."""

    version: ChallengeVersion
    total: int
    sent: tuple[Sent, ...]
    all: QuerySet[Submission]
    firsts: QuerySet[Submission]

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.sent)

    @property
    def people(self) -> int:
        """How many have sent something."""
        return len({one.candidate for one in self.sent})

    @property
    def solvers(self) -> int:
        """How many have solved it."""
        return len({one.candidate for one in self.sent if one.verdict == Verdict.ACCEPTED})


def graded_with(version: ChallengeVersion) -> SubmissionQuerySet:
    """All that counts of a version."""
    return Submission.objects.graded().filter(version=version)


def sample_of(version: ChallengeVersion) -> Sample:
    """The sample of a version; two queries."""
    graded = graded_with(version)
    newest = graded.order_by("-created_at", "-pk")[:MOST]
    of_challenge = version.challenge.versions.order_by().values("pk")
    earlier = Submission.objects.graded().filter(
        candidate=OuterRef("candidate"), version__in=of_challenge, created_at__lt=OuterRef("created_at")
    )
    fields = ("candidate_id", "created_at", "score", "verdict", "is_first")
    rows = newest.annotate(is_first=~Exists(earlier)).values_list(*fields)
    chosen = Submission.objects.filter(pk__in=newest.values("pk"))
    return Sample(
        version=version,
        total=graded.count(),
        sent=tuple(Sent(*row) for row in reversed(rows)),
        all=newest.values("pk"),  # type: ignore[arg-type]
        firsts=chosen.filter(~Exists(earlier)).values("pk"),  # type: ignore[arg-type]
    )
