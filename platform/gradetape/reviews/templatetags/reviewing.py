"""Totals, choices and titles as the pages of a review write them."""

from collections.abc import Mapping
from uuid import UUID

from django import template
from django.utils.safestring import SafeString, mark_safe

from gradetape.pages.templatetags.badges import badge
from gradetape.pages.words import Word
from gradetape.reviews.guides import short_html
from gradetape.reviews.models import Recommendation

register = template.Library()

ADVICE = {
    Recommendation.STRONG_NO: Word("Strong no", "x", "failed"),
    Recommendation.NO: Word("No", "minus", "failed"),
    Recommendation.YES: Word("Yes", "check", "passed"),
    Recommendation.STRONG_YES: Word("Strong yes", "circle-check", "passed"),
    Recommendation.ABSTAIN: Word("Abstain", "eye", "quiet"),
}
NONE = Word("No recommendation yet", "circle-dashed", "quiet")


@register.filter
def in_percent(share: float | None) -> str:
    """A share of 1, for instance of a rubric's points."""
    return "nothing" if share is None else f"{round(100 * share, 1):g} %"


@register.simple_tag
def advice(choice: str) -> SafeString:
    """A recommendation as icon and word."""
    return badge(ADVICE[Recommendation(choice)] if choice else NONE)


@register.filter
def short(text: str) -> SafeString:
    """A title or level of a rubric: code and emphasis; everything else as it is written."""
    return mark_safe(short_html(text))  # noqa: S308 - Markdown without HTML and links, escaped by its renderer


@register.filter
def named(names: Mapping[UUID, str], key: UUID) -> str:
    """What to call a candidate, from naming.names_of."""
    return names[key]
