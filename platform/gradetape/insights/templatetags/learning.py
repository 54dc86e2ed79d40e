"""Figures as pages draw and write them. Each drawing says the same in words; beside charts stands a table."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gradetape.accounts.models import User
from gradetape.insights.figures.measures import Spread
from gradetape.insights.figures.ways import Column
from gradetape.insights.listing import open_reports as count_open
from gradetape.insights.models import CaseReport
from gradetape.pages.templatetags.progress import duration

register = template.Library()

WIDTH, HEIGHT = 560, 160
LEFT, TOP, BOTTOM = 34, 10, 22
# A label needs so much room below its column.
LABEL = 52
# More of them would push the dashboard down.
ANSWERS = 3


@register.simple_tag
def columns(chart: Sequence[Column], label: str) -> SafeString:
    """A column chart with its highest value at the axis."""
    top = max(1, *(one.height for one in chart))
    step = (WIDTH - LEFT) / len(chart)
    room = HEIGHT - TOP - BOTTOM
    every = max(1, -(-LABEL // int(step)))
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>',
        (
            (f"{LEFT + i * step + 1:.1f}", f"{TOP + room * (1 - one.height / top):.1f}", f"{step - 2:.1f}",
             f"{room * one.height / top:.1f}", one.words, one.height)
            for i, one in enumerate(chart)
        ),
    )  # fmt: skip
    names = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((f"{LEFT + (i + 0.5) * step:.1f}", HEIGHT - 6, one.label) for i, one in enumerate(chart) if i % every == 0),
    )
    return format_html(
        '<svg class="columns" viewBox="0 0 {} {}" role="img" aria-label="{}. The table below says more.">'
        '<line x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>{}{}</svg>',
        WIDTH, HEIGHT, label, LEFT, WIDTH, HEIGHT - BOTTOM, HEIGHT - BOTTOM, LEFT - 6, TOP + 4, top, bars, names,
    )  # fmt: skip


@register.simple_tag
def correlation(found: float) -> SafeString:
    """A correlation as a bar from the middle, to the right where it is positive; its number stands beside it."""
    width = 50 * min(1.0, abs(found))
    return format_html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="well" width="100" height="8"/><rect class="{}" x="{}" width="{}" height="8"/>'
        '<rect class="middle" x="49.5" width="1" height="8"/></svg><span class="number">{}</span>',
        "fill" if found >= 0 else "fill-less", f"{50 if found >= 0 else 50 - width:.1f}", f"{width:.1f}",
        signed(found),
    )  # fmt: skip


@register.simple_tag
def quartiles(found: Spread) -> SafeString:
    """The middle half as a bar with a line at the median; the numbers are said in words beside it."""
    scale = 100 / (found.high * 1.25 or 1)
    low, middle, high = (min(100.0, value * scale) for value in (found.low, found.middle, found.high))
    return format_html(
        '<svg class="bar quartiles" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="well" width="100" height="8"/><rect class="half" x="{}" width="{}" height="8"/>'
        '<rect class="middle" x="{}" width="1" height="8"/></svg>',
        f"{low:.1f}", f"{max(1.0, high - low):.1f}", f"{min(99.0, middle):.1f}",
    )  # fmt: skip


@register.filter
def signed(number: float) -> str:
    """Two decimals, with a true minus; nothing is negative that is written as zero."""
    text = f"{abs(number):.2f}"
    return f"−{text}" if number < 0 and text != "0.00" else text


@register.filter
def whole_percent(share: float | None) -> str:
    """A share of 1 in percent; none of it and all of it only where that is so."""
    if share is None:
        return "–"
    percent = round(100 * share) if share in (0, 1) else min(99, max(1, round(100 * share)))
    return f"{percent} %"


@register.filter
def plain(number: float) -> str:
    """A number without a needless fraction."""
    return f"{round(number, 1):g}"


@register.filter
def took(seconds: float) -> str:
    """How long something took; what came ready-made took a moment too."""
    return duration(max(1.0, seconds))


@register.filter
def span(found: Spread) -> str:
    """The quartiles of seconds in words."""
    low, high = took(found.low), took(found.high)
    return f"half of them {low}" if low == high else f"half of them between {low} and {high}"


@register.filter
def of_key(mapping: Mapping[int, int], key: int) -> int | None:
    """What a mapping holds for a key."""
    return mapping.get(key)


@register.simple_tag
def answers_for(user: User) -> list[CaseReport]:
    """The newest answers to somebody's reports that they have not seen."""
    fields = ("judged", "submission", "version__challenge__title")
    return list(CaseReport.objects.unseen_by(user).only(*fields)[:ANSWERS])


@register.simple_tag
def open_reports() -> int:
    """How many reports wait for an answer."""
    return count_open()
