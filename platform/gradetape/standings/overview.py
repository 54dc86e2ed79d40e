"""What the dashboard says. However much somebody has done, the number of queries stays the same."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Sum

from gradetape.accounts.models import User
from gradetape.catalog.listing import rows_of, with_standing
from gradetape.catalog.models import Challenge, ChallengeTopic, Difficulty
from gradetape.catalog.suggesting import suggestions_for
from gradetape.standings.days import streak_of, weeks_of
from gradetape.standings.models import Standing, State
from gradetape.submissions.models import Submission

RECENT = 12
UNDER_WAY = 6
TOPICS = 12


@dataclass(frozen=True)
class Level:
    """How many challenges of one difficulty there are, and where somebody is with them."""

    name: str
    total: int
    solved: int
    tried: int


@dataclass(frozen=True)
class TopicRow:
    """A topic that somebody has tried: the share of the points of those challenges that they have earned."""

    key: str
    name: str
    tried: int
    solved: int
    total: int
    share: float


def overview_of(user: User) -> dict[str, Any]:
    """The dashboard's context. `resume` is what somebody worked on last and has not solved."""
    levels = levels_of(user)
    unsolved = with_standing(user).filter(mine__isnull=False).exclude(state=State.SOLVED)
    begun = rows_of(user, unsolved.order_by("-active_at")[: UNDER_WAY + 1])
    weeks = weeks_of(user)
    counts = {name: sum(getattr(level, name) for level in levels) for name in ("total", "solved", "tried")}
    return {
        **counts,
        "levels": levels,
        "resume": begun[0] if begun else None,
        "under_way": [row for row in begun if row.state == State.TRIED][:UNDER_WAY],
        "suggestions": [] if begun else suggestions_for(user),
        "topics": topics_of(user),
        "weeks": weeks,
        "streak": streak_of(weeks),
        "seconds": Standing.objects.filter(user=user).aggregate(total=Sum("seconds"))["total"] or 0,
        "recent": recent_of(user),
    }


def levels_of(user: User) -> list[Level]:
    """The difficulties there are challenges of; one query."""
    counted = with_standing(user).order_by().values_list("difficulty", "state").annotate(count=Count("pk"))
    counts = {(difficulty, state): count for difficulty, state, count in counted}
    levels = [
        Level(
            name=str(level.value),
            total=sum(counts.get((level.value, state), 0) for state in State.values),
            solved=counts.get((level.value, State.SOLVED), 0),
            tried=counts.get((level.value, State.TRIED), 0),
        )
        for level in Difficulty
    ]
    return [level for level in levels if level.total]


def topics_of(user: User) -> list[TopicRow]:
    """The topics that somebody has tried most, each with its score, the best one first; two queries."""
    mine = Standing.objects.visible_to(user).exclude(state=State.NEW)
    listed = ChallengeTopic.objects.filter(challenge__standings__in=mine).order_by()
    tried = listed.values("key").annotate(
        tried=Count("pk"), name=Min("name"), earned=Sum("challenge__standings__best"),
        solved=Count("challenge__standings__solved_at"),
    ).order_by("-tried", "key")[:TOPICS]  # fmt: skip
    rows = list(tried)
    visible = ChallengeTopic.objects.filter(challenge__in=Challenge.objects.visible_to(user)).order_by()
    there = visible.filter(key__in=[row["key"] for row in rows])
    totals = dict(there.values_list("key").annotate(count=Count("pk")))
    found = [
        TopicRow(
            row["key"], row["name"], row["tried"], row["solved"], totals.get(row["key"], row["tried"]),
            # Each challenge is worth 100 points.
            (row["earned"] or 0) / (100 * row["tried"]),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row.share, row.name.casefold()))


def recent_of(user: User) -> list[Submission]:
    """One's newest submissions."""
    return list(Submission.objects.filter(candidate=user).in_histories().listed()[:RECENT])
