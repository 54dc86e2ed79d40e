"""Who may see a solution. Nothing else on the site reads one, so this is the one place that decides."""

from dataclasses import dataclass
from datetime import datetime

from grader.model import Verdict
from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge
from gradetape.study.models import GivenUp
from gradetape.study.solutions import Solution, read
from gradetape.submissions.models import Submission


@dataclass(frozen=True)
class Disclosure:
    """Where somebody stands: when their first accepted submission was sent, and when they gave up; None for not yet."""

    solved_at: datetime | None
    given_up_at: datetime | None

    @property
    def solved(self) -> bool:
        return self.solved_at is not None

    @property
    def is_open(self) -> bool:
        return self.solved or self.given_up_at is not None

    @property
    def solved_alone(self) -> bool:
        """Whether what solved it was sent before its author had seen the solution."""
        return self.solved_at is not None and (self.given_up_at is None or self.solved_at < self.given_up_at)


def disclosure_of(user: User, challenge: Challenge) -> Disclosure:
    """What somebody has earned the sight of, whichever version of the challenge they solved."""
    mine = Submission.objects.filter(candidate=user, version__challenge=challenge)
    accepted = mine.graded().filter(verdict=Verdict.ACCEPTED).order_by("created_at")
    return Disclosure(
        solved_at=accepted.values_list("created_at", flat=True).first(),
        given_up_at=GivenUp.objects.visible_to(user).filter(challenge=challenge).values_list("at", flat=True).first(),
    )


def solution_for(disclosure: Disclosure, challenge: Challenge) -> Solution | None:
    """The solution of the version that is live; None for whoever has neither solved the challenge nor given it up."""
    if challenge.live is None or not disclosure.is_open:
        return None
    return read(challenge.live.digest)
