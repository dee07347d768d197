"""Markdown to HTML that is safe to show, whoever wrote it, and to plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # loaded with the first text: a start is quicker by as much as the first page takes
    import nh3
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# Nesting beyond this is dropped by markdown-it: it bounds the work on a hostile text.
DEEPEST = 30

# A hostile text takes a second for each 40,000 characters, and with brackets the time grows with their square: what
# has more of either is shown as typed.
LONGEST, MOST_BRACKETS = 20_000, 1_000
# A table's short rows are filled up: the reader's own bound of 65,536 empty cells is a second and a half of work.
MOST_EMPTY_CELLS = 2_000

TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
REL = "noopener noreferrer nofollow"

# Pictures are off: a picture from elsewhere tells its owner who reads the log; its link stays.
_OPTIONS = {"html": False, "linkify": False, "maxNesting": DEEPEST}
_MARKUP = re.compile(r"[\\`*_\[\]<>&!~\n]")
_HARD_BREAK = "\u2028"
_HAN = r"[\u2e80-\u9fff\uff00-\uffef]"
_IS_HAN = re.compile(_HAN)
_BREAK_IN_HAN = re.compile(rf"(?<={_HAN}) ?\n ?(?={_HAN})")


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    _bound_tables()
    return MarkdownIt("commonmark", _OPTIONS).enable(["table", "strikethrough"]).disable("image")


@cache
def _blocks() -> MarkdownIt:
    from markdown_it import MarkdownIt

    _bound_tables()
    return MarkdownIt("commonmark", _OPTIONS).enable("table").disable("inline")


def _bound_tables() -> None:
    rule: Any = import_module("markdown_it.rules_block.table")  # the package has a function of that name
    rule.MAX_AUTOCOMPLETED_CELLS = MOST_EMPTY_CELLS


@cache
def _cleaner() -> nh3.Cleaner:
    import nh3

    return nh3.Cleaner(tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=REL)


def render(text: str) -> str:
    """The HTML of a Markdown text. HTML in it is shown as typed; links lead only to the web or to mail."""
    encodable = text.encode("utf-8", "replace").decode("utf-8")
    if _is_heavy(encodable):
        return f"<pre>{escape(encodable)}</pre>"
    reader = _reader()
    tokens = reader.parse(encodable)
    _join_han(tokens)
    return _cleaner().clean(reader.renderer.render(tokens, reader.options, {}))


def _is_heavy(text: str) -> bool:
    return len(text) > LONGEST or text.count("[") > MOST_BRACKETS


def _join_han(tokens: list[Token]) -> None:
    """A line that only wraps between Chinese letters is no space: they have none between words."""
    for children in (token.children for token in tokens if token.children):
        for before, each, after in zip(children, children[1:], children[2:], strict=False):
            if each.type == "softbreak" and _IS_HAN.search(before.content[-1:]) and _IS_HAN.search(after.content[:1]):
                each.type = "text"


@dataclass(slots=True, eq=False)
class Block:
    """A block of a Markdown text with those inside it. `span` are its lines (from 0, end excluded); the text of a
    paragraph or heading stays Markdown, in the `content` of its one child of type `inline`."""

    type: str
    tag: str
    span: tuple[int, int]
    content: str
    markup: str
    children: list[Block]


def blocks(text: str, start: int = 0) -> list[Block]:
    """The blocks of a Markdown text, whose first line counts as `start`."""
    top: list[Block] = []
    inside = [top]
    for token in _blocks().parse(text):
        if token.nesting < 0:
            inside.pop()
            continue
        first, end = token.map or (0, 0)
        kind, span = token.type.removesuffix("_open"), (first + start, end + start)
        inside[-1].append(Block(kind, token.tag, span, token.content, token.markup, []))
        if token.nesting > 0:
            inside.append(inside[-1][-1].children)
    return top


def plain(inline: str) -> str:
    """The words of one paragraph of Markdown, without its markup; line breaks that only wrap become spaces."""
    if not _MARKUP.search(inline) or _is_heavy(inline):  # mostly the first; the reader takes twenty times as long
        return inline.strip()
    words = "".join(_word(token) for token in inline_tokens(inline))
    return _BREAK_IN_HAN.sub("", words).replace("\n", " ").replace(_HARD_BREAK, "\n").strip()


def _word(token: Token) -> str:
    breaks = {"softbreak": "\n", "hardbreak": _HARD_BREAK}
    return breaks.get(token.type, token.content)


def inline_tokens(inline: str) -> list[Token]:
    """The tokens inside one paragraph of Markdown; none for one that is only shown as typed."""
    if _is_heavy(inline):
        return []
    return [child for token in _reader().parseInline(inline) for child in token.children or []]
