"""Activity by day, in the zone of whoever reads it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from gradetape.accounts.models import User
from gradetape.standings.models import Activity

WEEKS = 53
DAYS_A_WEEK = 7
# From so many submissions a day on, its square is one shade darker.
SHADES = (1, 3, 6, 12)
MONDAY = 0


@dataclass
class Day:
    """What was done on one day."""

    date: date
    sent: int = 0
    solved: int = 0
    seconds: float = 0

    @property
    def is_active(self) -> bool:
        return bool(self.sent or self.solved or self.seconds)

    @property
    def shade(self) -> int:
        """0 for nothing to 4 for a lot; a day of typing alone has the lightest one."""
        return max(int(self.is_active), sum(self.sent >= least for least in SHADES))


@dataclass(frozen=True)
class Week:
    """Seven days from a Monday on; days that are still to come are left out."""

    days: list[Day]

    @property
    def start(self) -> date:
        return self.days[0].date

    @property
    def active(self) -> int:
        return sum(day.is_active for day in self.days)

    @property
    def sent(self) -> int:
        return sum(day.sent for day in self.days)

    @property
    def solved(self) -> int:
        return sum(day.solved for day in self.days)

    @property
    def seconds(self) -> float:
        return sum(day.seconds for day in self.days)


def weeks_of(user: User, weeks: int = WEEKS) -> list[Week]:
    """The last weeks up to today, the oldest first; one query."""
    today = timezone.localdate()
    first = today - timedelta(days=today.weekday() + DAYS_A_WEEK * (weeks - 1))
    start = timezone.make_aware(datetime.combine(first, time()))
    days: dict[date, Day] = {}
    for offset in range((today - first).days + 1):
        day = first + timedelta(days=offset)
        days[day] = Day(day)
    zone = timezone.get_current_timezone()
    rows = Activity.objects.filter(user=user, quarter__gte=start).order_by()
    for quarter, sent, solved, seconds in rows.values_list("quarter", "sent", "solved", "seconds"):
        # Clocks of workers may run ahead of ours by a moment, and by a day at midnight.
        day_of_quarter = days.get(quarter.astimezone(zone).date(), days[today])
        day_of_quarter.sent += sent
        day_of_quarter.solved += solved
        day_of_quarter.seconds += seconds
    return in_weeks(days.values())


def in_weeks(days: Iterable[Day]) -> list[Week]:
    """The days by their week."""
    weeks: dict[date, list[Day]] = defaultdict(list)
    for day in days:
        weeks[day.date - timedelta(days=day.date.weekday())].append(day)
    return [Week(days) for days in weeks.values()]


def streak_of(weeks: list[Week]) -> int:
    """How many days in a row somebody was active, up to today, or up to yesterday while today is young."""
    days = [day.is_active for week in weeks for day in week.days]
    if days and not days[-1]:
        days.pop()
    length = 0
    while days and days.pop():
        length += 1
    return length
