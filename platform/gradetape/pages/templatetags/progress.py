"""How runtimes, spans of time and days are written."""

from django import template

from gradetape.catalog.listing import RUNTIMES

register = template.Library()


@register.filter
def runtime_name(name: str) -> str:
    """The runtime as people call it."""
    return RUNTIMES.get(name, name)


@register.filter
def duration(seconds: float | None) -> str:
    """A span of time in hours and minutes."""
    minutes = round((seconds or 0) / 60)
    if not minutes:
        return "under a minute" if seconds else "none yet"
    hours, minutes = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part)


@register.simple_tag
def percent(share: float) -> int:
    """A share of 1 as whole percent; 100 only for all of it."""
    return min(round(100 * share), 100 if share >= 1 else 99)
