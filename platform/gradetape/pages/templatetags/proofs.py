"""The matrix of a proof: cells by the hundred, so their icons are drawn once and used by name."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gradetape.pages.templatetags.icons import drawing
from gradetape.pages.words import word_for, words

register = template.Library()

# What a cell's tone adds to its word.
TONES = {"good": ", as expected", "bad": ", not expected"}


@register.simple_tag
def cell_icons() -> SafeString:
    """The icons that cells use, once for the page."""
    names = sorted({word.icon for word in words("outcomes").values()})
    symbols = format_html_join(
        "", '<symbol id="cell-{}" viewBox="0 0 24 24">{}</symbol>', ((name, drawing(name)) for name in names)
    )
    return format_html('<svg class="cell-icons" aria-hidden="true">{}</svg>', symbols)


@register.simple_tag
def cell(state: str, tone: str) -> SafeString:
    """The inside of a cell: its icon, and its word for those who don't see that. proofBoard.ts writes the same."""
    word = word_for("outcomes", state)
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="#cell-{}"></use></svg><span class="unseen">{}{}</span>',
        word.icon,
        word.word,
        TONES.get(tone, ""),
    )


@register.simple_tag
def cell_of(row: Any, case: Any) -> Any:
    """How a row's solution does in a case."""
    return row.cell(case.id)


@register.filter
def versions(libraries: Mapping[str, str]) -> str:
    """What a proof hangs on, as one line."""
    return ", ".join(f"{name} {version}" for name, version in libraries.items())


@register.filter
def split_words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@register.filter
def share(part: float | None) -> str:
    """A part of a whole that may be tiny, in percent."""
    if part is None:
        return "–"
    return f"{100 * part:,.0f} %" if part >= 0.1 else f"{100 * part:.2g} %"
