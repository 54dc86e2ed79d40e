"""Badges: an icon and a word in the tone of the state, and small bars drawn as SVG (the CSP allows no inline style)."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gradetape.pages.templatetags.icons import icon
from gradetape.pages.words import Kind, Word, word_for

register = template.Library()

DIFFICULTIES = {"easy": 1, "medium": 2, "hard": 3}


def badge(word: Word, boxed: bool = False) -> SafeString:
    """One state as icon and word."""
    return format_html(
        '<span class="state tone-{}{}">{}{}</span>',
        word.tone,
        " state-boxed" if boxed else "",
        icon(word.icon, "icon-turning" if word.icon == "loader-circle" else ""),
        word.word,
    )


@register.simple_tag
def outcome(name: str, boxed: bool = False) -> SafeString:
    """The outcome of one case."""
    return badge(word_for("outcomes", str(name)), boxed)


@register.simple_tag
def progress_state(name: str, boxed: bool = False) -> SafeString:
    """Where somebody is with a challenge (new, tried, solved) or a submission is in its life."""
    return badge(word_for("states", str(name)), boxed)


@register.simple_tag
def verdict(submission: Any, boxed: bool = False) -> SafeString:
    """What a submission came to: its verdict, or its state while there is none."""
    kind: Kind = "verdicts" if submission.verdict else "states"
    return badge(word_for(kind, str(submission.verdict or submission.state)), boxed)


@register.simple_tag
def verdict_word(name: str) -> SafeString:
    """A verdict by its name alone."""
    return badge(word_for("verdicts", str(name)))


@register.simple_tag
def difficulty(name: str) -> SafeString:
    """The word with one to three columns."""
    level = DIFFICULTIES.get(str(name), 0)
    columns = format_html_join(
        "",
        '<rect x="{}" y="{}" width="3" height="{}" rx="1" fill="currentColor"{}/>',
        ((i * 5, 8 - i * 4, 4 + i * 4, "" if i < level else SafeString(' class="off"')) for i in range(3)),
    )
    return format_html(
        '<span class="difficulty"><svg viewBox="0 0 14 12" aria-hidden="true">{}</svg>{}</span>', columns, name
    )


def share(part: Any) -> float:
    """How much of a part's points was earned, 0 to 1."""
    return max(0.0, min(1.0, float(part.earned) / float(part.points))) if part.points else 0.0


@register.simple_tag
def part_bars(parts: Iterable[Any]) -> SafeString:
    """A column for each part, filled as far as its points were earned; what it means is said in words as well."""
    listed = [(part, share(part)) for part in parts]
    columns = format_html_join(
        "",
        '<svg viewBox="0 0 12 14" aria-hidden="true"><title>{}</title>'
        '<rect class="well" width="12" height="14" rx="2"/>'
        '<rect class="fill" y="{}" width="12" height="{}" rx="2"/></svg>',
        ((in_words(part), f"{14 - 14 * s:.1f}", f"{14 * s:.1f}") for part, s in listed),
    )
    whole = sum(s >= 1 for _, s in listed)
    label = f"{whole} of {len(listed)} parts complete" + (": " if whole < len(listed) else "")
    label += "; ".join(in_words(part) for part, s in listed if s < 1)
    return format_html('<span class="part-bars" role="img" aria-label="{}">{}</span>', label, columns)


def in_words(part: Any) -> str:
    """A part with its points."""
    return f"{part.title}, {round(float(part.earned), 1):g} of {round(float(part.points), 1):g}"


@register.simple_tag
def bar(done: float, total: float, label: str, fill: str = "fill") -> SafeString:
    """A horizontal bar of `done` out of `total`."""
    percent = 100 * done / total if total else 0
    return format_html(
        '<svg class="bar" role="img" aria-label="{}" viewBox="0 0 100 8" preserveAspectRatio="none">'
        '<rect class="well" width="100" height="8"/><rect class="{}" width="{}" height="8"/></svg>',
        label,
        fill,
        f"{percent:.1f}",
    )


@register.simple_tag
def case_state(name: str) -> SafeString:
    """Icon and word of a case's row, each a column of the row's grid."""
    word = word_for("outcomes", str(name))
    return format_html(
        '<span class="tone-{0}" data-icon>{1}</span><span class="case-word tone-{0}" data-word>{2}</span>',
        word.tone,
        icon(word.icon, "icon-turning" if word.icon == "loader-circle" else ""),
        word.word,
    )
