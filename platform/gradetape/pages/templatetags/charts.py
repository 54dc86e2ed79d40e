"""Charts drawn by the server as SVG; beside each stands a table that says the same."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.defaultfilters import date as formatted
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from gradetape.pages.templatetags.progress import duration

register = template.Library()

SQUARE, GAP = 11, 3
STEP = SQUARE + GAP
LEFT, TOP = 28, 18
# Two names of months need so many weeks between them.
WEEKS_BETWEEN_NAMES = 3
NAMED_DAYS = {0: "Mon", 2: "Wed", 4: "Fri"}


@register.simple_tag
def heat_map(weeks: Sequence[Any], number: int, extra: str = "") -> SafeString:
    """The last `number` weeks, a column each, a square a day."""
    shown = weeks[-number:]
    days = [day for week in shown for day in week.days]
    label = (
        f"Activity by day in the last {len(shown)} weeks: {sum(day.sent for day in days)} sent on "
        f"{sum(day.is_active for day in days)} days. The table below says more."
    )
    return format_html(
        '<svg class="heat {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        extra, LEFT + STEP * len(shown), TOP + STEP * 7, label, _months(shown), _weekdays(), _squares(shown),
    )  # fmt: skip


def _months(weeks: Sequence[Any]) -> SafeString:
    """The name of a month over its first whole week."""
    names: list[tuple[int, str]] = []
    last = -WEEKS_BETWEEN_NAMES
    for column, week in enumerate(weeks):
        is_first = column == 0 or weeks[column - 1].start.month != week.start.month
        if is_first and column - last >= WEEKS_BETWEEN_NAMES and column <= len(weeks) - 2:
            names.append((LEFT + STEP * column, formatted(week.start, "M")))
            last = column
    return format_html_join("", '<text x="{}" y="11">{}</text>', names)


def _weekdays() -> SafeString:
    rows = ((TOP + STEP * row + SQUARE - 2, name) for row, name in NAMED_DAYS.items())
    return format_html_join("", '<text x="0" y="{}">{}</text>', rows)


def _squares(weeks: Sequence[Any]) -> SafeString:
    """All squares at once: there are hundreds, and they are made of numbers and words of ours alone."""
    squares = [
        f'<rect class="shade-{day.shade}" x="{LEFT + STEP * column}" y="{TOP + STEP * day.date.weekday()}">'
        f"{_told(day)}</rect>"
        for column, week in enumerate(weeks)
        for day in week.days
    ]
    return mark_safe("".join(squares))  # noqa: S308 - no text of a person is in it


def _told(day: Any) -> str:
    """What the pointer is told of a day; nothing of an empty one."""
    if not day.is_active:
        return ""
    said = [f"{day.sent} sent"] + ([f"{day.solved} solved"] if day.solved else []) + [duration(day.seconds)]
    return f"<title>{day.date:%-d %b %Y}: {', '.join(said)}</title>"
