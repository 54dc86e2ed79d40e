"""Lucide's icons, written into the page: no request, no font, and they take the colour of the text."""

from functools import cache
from pathlib import Path

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

FOLDER = Path(__file__).parent.parent / "icons"


@cache
def drawing(name: str) -> SafeString:
    """The shapes of one icon. Raises TemplateSyntaxError for a name that was never copied from Lucide."""
    file = FOLDER / f"{name}.svg"
    if not name.replace("-", "").isalnum() or not file.is_file():
        raise template.TemplateSyntaxError(f"No icon is called {name!r}: add it to frontend/icons.txt and build.")
    return mark_safe(file.read_text(encoding="utf-8").strip())  # noqa: S308 - our own file, never a person's text


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """The icon as decoration, hidden from screen readers: the word beside it carries the meaning."""
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>',
        f" {extra}" if extra else "",
        drawing(name),
    )
