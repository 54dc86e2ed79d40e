"""How people get there: attempts and time until solved, scores, and how much comes in by the week."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, DateTimeField, Value
from django.utils import timezone

from grader.model import Verdict
from gradetape.catalog.models import ChallengeVersion
from gradetape.insights.figures.measures import Spread, spread
from gradetape.insights.figures.sample import Sample, Sent, graded_with
from gradetape.standings.models import Standing, State

WEEK = timedelta(days=7)
WEEKS = 26
BIN = 10
FULL = 100


class Column(NamedTuple):
    """One column of a chart: what it stands for, in short and in words, and how much there is of it."""

    label: str
    words: str
    height: int


def attempts_to_solve(sent: Iterable[Sent]) -> Spread | None:
    """How many graded submissions people needed up to their first accepted one.

    Over those whose whole way is in `sent`, which is in the order of time: it begins with their first attempt.
    """
    begun: Counter[int] = Counter()
    solved: dict[int, int] = {}
    for one in sent:
        if (one.is_first or one.candidate in begun) and one.candidate not in solved:
            begun[one.candidate] += 1
            if one.verdict == Verdict.ACCEPTED:
                solved[one.candidate] = begun[one.candidate]
    return spread(list(solved.values()))


def seconds_to_solve(sample: Sample) -> Spread | None:
    """The working time, in seconds, of those who solved the challenge with a submission of the sample; one query."""
    solved = Standing.objects.filter(state=State.SOLVED, best_submission__in=sample.all)
    return spread(list(solved.order_by().values_list("seconds", flat=True)))


def scores(sent: Iterable[Sent]) -> list[Column]:
    """The scores in steps of BIN points; full marks stand alone."""
    counts = Counter(min(int(max(one.score, 0) // BIN), FULL // BIN) for one in sent)
    bins = [(str(low), f"{low} to under {low + BIN} points", counts[low // BIN]) for low in range(0, FULL, BIN)]
    return [Column(*one) for one in [*bins, (str(FULL), "all points", counts[FULL // BIN])]]


def weekly(version: ChallengeVersion, newest: datetime | None) -> list[Column]:
    """What came in by the week, WEEKS of them up to that of the newest submission, from Monday on; one query."""
    last = monday(newest or timezone.now())
    starts = [last - number * WEEK for number in reversed(range(WEEKS))]
    graded = graded_with(version).order_by()
    # Each week is a range of the index: grouping by a function of the date would read all rows.
    parts = [
        graded.filter(created_at__gte=start, created_at__lt=start + WEEK)
        .annotate(week=Value(start, DateTimeField()))
        .values("week")
        .annotate(count=Count("pk"))
        .values_list("week", "count")
        for start in starts
    ]
    counts = dict(parts[0].union(*parts[1:], all=True))
    return [Column(f"{start:%-d %b}", f"week of {start:%-d %b %Y}", counts.get(start, 0)) for start in starts]


def monday(at: datetime) -> datetime:
    """The Monday of the week, at midnight UTC."""
    day = at - timedelta(days=at.weekday())
    return day.replace(hour=0, minute=0, second=0, microsecond=0)
