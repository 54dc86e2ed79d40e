"""Statements: Markdown in, safe HTML out."""

from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

TAGS = {
    "a", "abbr", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "hr", "kbd", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}, "ol": {"start"}, "details": {"open"}}
# What may be wider than the page scrolls by itself, and only what takes the focus scrolls by keyboard.
SCROLLING = {tag: {"tabindex": "0"} for tag in ("pre", "table")}
# Alignment of table columns comes from markdown-it as a style, which the content security policy refuses.
ALIGNMENTS = {"text-align:left": "left", "text-align:right": "right", "text-align:center": "center"}


def render(markdown: str, *, with_title: bool = False) -> str:
    """Markdown as HTML that may be put into a page as it is. A title on its first line is left to the page, unless it
    is wanted.
    """
    parser = MarkdownIt("commonmark", {"html": True, "highlight": _highlighted}).enable(["table", "strikethrough"])
    tokens = parser.parse(markdown)
    if tokens and tokens[0].tag == "h1" and not with_title:
        tokens = tokens[3:]
    for token in tokens:
        style = token.attrs.pop("style", None)
        if style in ALIGNMENTS:
            token.attrSet("class", f"align-{ALIGNMENTS[str(style)]}")
    renderer: Any = parser.renderer
    assert isinstance(renderer, RendererHTML)
    return clean(renderer.render(tokens, parser.options, {}))


def clean(html: str) -> str:
    """The HTML without anything that could act: no scripts, no handlers, no styles, no images, web links only."""
    allowed = {
        **ATTRIBUTES,
        **{tag: {"class"} | ATTRIBUTES.get(tag, set()) for tag in ("code", "pre", "span", "td", "th")},
    }
    return nh3.clean(
        html, tags=TAGS, attributes=allowed, set_tag_attribute_values=SCROLLING,
        url_schemes={"http", "https", "mailto"}, link_rel="noopener noreferrer",
    )  # fmt: skip


def _highlighted(code: str, language: str, _attributes: str) -> str:
    """The code with a class on each piece of it, or an empty string to leave it plain."""
    try:
        lexer = get_lexer_by_name(language) if language else None
    except ClassNotFound:
        lexer = None
    return highlight(code, lexer, HtmlFormatter(nowrap=True)) if lexer else ""
