"""Markdown to HTML that is safe to show, whoever wrote it, and to plain text."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded with the first text: a start is quicker by as much as the first page takes
    import nh3
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Nesting beyond this is dropped by markdown-it: it bounds the work on a hostile text.
DEEPEST = 30

# A hostile text takes a second for each 40,000 characters; what is longer is shown as typed.
LONGEST = 20_000

TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
REL = "noopener noreferrer nofollow"

# Pictures are off: a picture from elsewhere tells its owner who reads the log; its link stays.
_OPTIONS = {"html": False, "linkify": False, "maxNesting": DEEPEST}
_HARD_BREAK = "\u2028"
_BREAK_IN_HAN = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef]) ?\n ?(?=[\u2e80-\u9fff\uff00-\uffef])")


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", _OPTIONS).enable(["table", "strikethrough"]).disable("image")


@cache
def _blocks() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", _OPTIONS).enable("table").disable("inline")


@cache
def _cleaner() -> nh3.Cleaner:
    import nh3

    return nh3.Cleaner(tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=REL)


def render(text: str) -> str:
    """The HTML of a Markdown text. HTML in it is shown as typed; links lead only to the web or to mail."""
    encodable = text.encode("utf-8", "replace").decode("utf-8")
    if len(encodable) > LONGEST:
        return f"<pre>{escape(encodable)}</pre>"
    return _cleaner().clean(_reader().render(encodable))


def block_tokens(text: str) -> list[Token]:
    """The block tokens of a Markdown text, with their lines in `map` (from 0, end excluded); paragraphs stay source."""
    return _blocks().parse(text)


def plain(inline: str) -> str:
    """The words of one paragraph of Markdown, without its markup; line breaks that only wrap become spaces."""
    words = "".join(_word(token) for token in inline_tokens(inline))
    return _BREAK_IN_HAN.sub("", words).replace("\n", " ").replace(_HARD_BREAK, "\n").strip()


def _word(token: Token) -> str:
    breaks = {"softbreak": "\n", "hardbreak": _HARD_BREAK}
    return breaks.get(token.type, token.content)


def inline_tokens(inline: str) -> list[Token]:
    """The tokens inside one paragraph of Markdown."""
    return [child for token in _reader().parseInline(inline) for child in token.children or []]
