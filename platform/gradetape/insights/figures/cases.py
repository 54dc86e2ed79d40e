"""What each case does: how often it fails, and whether it separates those who know from those who don't."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum

from grader.model import Outcome
from gradetape.insights.figures.measures import FEWEST, Sums, discrimination, may_be_chance
from gradetape.insights.figures.sample import Sample
from gradetape.submissions.models import CaseResult, Submission

# A case that never ran says nothing about who sent the solution.
UNJUDGED = (Outcome.NOT_RUN, Outcome.JUDGE_ERROR)
NOTHING = Sums(0, 0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Failing:
    """How many of `count` failed a case."""

    failed: int
    count: int

    @property
    def share(self) -> float | None:
        """0 to 1; None where nobody had the case."""
        return self.failed / self.count if self.count else None


@dataclass(frozen=True)
class CaseFigures:
    """One case of a version.

    `discrimination` is over everybody's first attempt: what one person sends again and again isn't independent. Where
    it is None, `why_not` says why.
    """

    id: str
    title: str
    points: float
    sample: bool
    all: Failing
    first: Failing
    discrimination: float | None
    why_not: str
    advice: str


def case_figures(sample: Sample) -> list[CaseFigures]:
    """A row for each case of the version, in its order; two queries."""
    every, first = _sums(sample.all), _sums(sample.firsts)
    return [
        _figures(case, every.get(case["id"], NOTHING), first.get(case["id"], NOTHING), sample.people)
        for case in sample.version.cases
    ]


def _sums(chosen: QuerySet[Submission]) -> dict[str, Sums]:
    rest = F("submission__score") - F("earned")
    passed = Q(outcome=Outcome.PASSED)
    judged = CaseResult.objects.filter(submission__in=chosen).exclude(outcome__in=UNJUDGED)
    rows = judged.order_by().values_list("case").annotate(
        count=Count("pk"),
        passed=Count("pk", filter=passed),
        rest=Sum(rest, output_field=FloatField()),
        squares=Sum(rest * rest, output_field=FloatField()),
        of_passed=Sum(rest, filter=passed, output_field=FloatField(), default=0.0),
    )  # fmt: skip
    return {case: Sums(*numbers) for case, *numbers in rows}


def _figures(case: dict[str, Any], every: Sums, first: Sums, people: int) -> CaseFigures:
    found = discrimination(first)
    return CaseFigures(
        id=case["id"], title=case["title"], points=case["points"], sample=case["sample"],
        all=Failing(every.count - every.passed, every.count), first=Failing(first.count - first.passed, first.count),
        discrimination=found, why_not="" if found is not None else why_not(first),
        advice=advice(every, first, people, found),
    )  # fmt: skip


def why_not(first: Sums) -> str:
    """Why there is no discrimination."""
    if first.count < FEWEST:
        return f"too few: {first.count} of {FEWEST} people"
    if first.passed == first.count:
        return "everybody passes"
    return "nobody passes" if not first.passed else "the other cases separate nobody"


def advice(every: Sums, first: Sums, people: int, found: float | None) -> str:
    """What an author should look at; empty where nothing stands out. Few `people` give no advice."""
    if not every.count or people < FEWEST:
        return ""
    if every.passed == every.count:
        return "Nobody fails this case. Sharpen it, or let it go: it tells nobody anything."
    if not every.passed:
        return "Everybody fails this case. Check that the statement asks for it and that its tolerance is right."
    if found is None or found >= 0:
        return ""
    chance = " With so few people this may be chance." if may_be_chance(found, first.count) else ""
    return f"Those who do well otherwise fail this case more often. It may reject what is right.{chance}"
