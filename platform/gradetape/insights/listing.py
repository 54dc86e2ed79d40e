"""The published challenges as authors see them in the studio."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from gradetape.catalog.models import Challenge
from gradetape.insights.models import CaseReport
from gradetape.standings.models import Standing, State


@dataclass(frozen=True)
class Row:
    """A challenge: how many graded submissions it has, of the `tried` who sent some how many solved it, and how many
    reports wait for an answer.
    """

    challenge: Challenge
    submissions: int
    tried: int
    solved: int
    reports: int


def published() -> QuerySet[Challenge]:
    """What has been published, also what was withdrawn since."""
    return Challenge.objects.filter(versions__isnull=False).select_related("live").distinct()


def challenge_rows() -> list[Row]:
    """All of them; three queries. Standings count for us: a row a person, not one a submission."""
    sent = Standing.objects.filter(attempts__gt=0).order_by().values_list("challenge")
    counted = sent.annotate(
        total=Sum("attempts"), tried=Count("pk"), solved=Count("pk", filter=Q(state=State.SOLVED))
    )  # fmt: skip
    counts = {pk: (total, tried, solved) for pk, total, tried, solved in counted}
    open_ones = CaseReport.objects.open().order_by().values_list("version__challenge")
    reports = dict(open_ones.annotate(count=Count("pk")))
    columns = ("slug", "title", "kind", "difficulty", "live")
    challenges = published().only(*columns, "live__number", "live__challenge")
    return [Row(one, *counts.get(one.pk, (0, 0, 0)), reports.get(one.pk, 0)) for one in challenges]


def open_reports() -> int:
    """How many reports wait for an answer, of all challenges."""
    return int(CaseReport.objects.open().count())
