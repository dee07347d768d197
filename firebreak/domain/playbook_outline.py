"""The body of a playbook as parts under headings, and what its lists hold, before any of it means something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from firebreak.domain.markdown import Block as Node
from firebreak.domain.markdown import blocks, plain
from firebreak.domain.playbook_page import Page, shown
from firebreak.domain.playbook_words import SECTIONS, section_id

LISTS = {"bullet_list", "ordered_list"}
_BOX = re.compile(r"\[[ xX]\](?:\s+|$)")
_MAYBE_BOX = re.compile(r"^\s*(?:[-*+>]|[0-9]+[.)]).*\[[ xX]\]")
_HEAD = re.compile(r"(#{1,2})[ \t]+(\S.*)")
# Fences, headings with an indent, without words, or underlined; a tab may stand for any number of spaces.
_ODD = re.compile(r"\s*(?:```|~~~)|\s+#{1,2}(?:\s|$)|#{1,2}[ \t#]*$| {0,3}(?:=+|-+)[ \t]*$|.*\t")


@dataclass(frozen=True)
class Part:
    """A heading of level 1 or 2 with the blocks below it; `start` and `end` are indexes of its lines, heading left out.

    The text before the first heading is a part of level 0. Its blocks are made when somebody asks for them: most parts
    are prose, and the reader of Markdown takes longer than all the rest.
    """

    id: str | None
    title: str
    level: int
    line: int
    start: int
    end: int
    page: Page = field(repr=False)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """Its blocks; their lines are those of the page."""
        return tuple(blocks("\n".join(self.lines), self.start))

    @property
    def lines(self) -> list[str]:
        return self.page.lines[self.start : self.end]

    def items(self) -> Iterator[Node]:
        """The items of its lists, not those inside other blocks."""
        return (item for node in self.nodes if node.type in LISTS for item in node.children)

    def may_have_tasks(self) -> bool:
        """Whether looking for task items can be worth while."""
        return any(_MAYBE_BOX.search(line) for line in self.lines)


@dataclass(frozen=True)
class _Head:
    """A heading: its first line's index, the index behind its last, its level and its Markdown."""

    start: int
    end: int
    level: int
    text: str


def parts(page: Page, first: int) -> list[Part]:
    """The parts of the body, which begins at line index `first`."""
    heads = heads_of(page.lines, first)
    edges = [*(head.start for head in heads), len(page.lines)]
    intro = Part(None, "", 0, first + 1, first, edges[0], page)
    return [intro, *(_part(page, head, end) for head, end in zip(heads, edges[1:], strict=True))]


def heads_of(lines: list[str], first: int) -> list[_Head]:
    """The headings of level 1 and 2 from line index `first` on. Where nothing odd is about, a heading is a line that
    begins with its signs; else the reader of Markdown has to tell."""
    if any(_ODD.match(line) for line in lines[first:]):
        found = [node for node in blocks("\n".join(lines[first:]), first) if node.type == "heading"]
        return [_Head(*node.span, int(node.tag[1]), inline(node)) for node in found if node.tag in {"h1", "h2"}]
    plain_heads = ((index, _HEAD.fullmatch(line)) for index, line in enumerate(lines[first:], first))
    return [_Head(index, index + 1, len(head[1]), _unclosed(head[2])) for index, head in plain_heads if head]


def _unclosed(text: str) -> str:
    """Without the signs that close a heading. By hand: a pattern for it takes hours on a line of spaces."""
    bare = text.rstrip(" \t").rstrip("#")
    return bare.rstrip(" \t") if bare.endswith((" ", "\t")) else text.rstrip(" \t")


def _part(page: Page, head: _Head, end: int) -> Part:
    at = head.start + 1
    marked = page.marked(head.text, at)
    page.known(marked, at, {"id"}, set())
    title = plain(marked.title)
    id = marked.attributes.get("id") or section_id(title)
    if id and id not in SECTIONS:
        page.error(at, "unknown-section", f"no section is called {shown(id)}", f"Use one of {', '.join(SECTIONS)}")
    return Part(id, title, head.level, at, head.end, end, page)


def span(node: Node) -> tuple[int, int]:
    """The line indexes of a block, the end left out."""
    return node.span


def line(node: Node) -> int:
    return span(node)[0] + 1


def inline(node: Node) -> str:
    """The Markdown of a heading, or of the paragraph a list item begins with; empty if it begins otherwise."""
    first = node.children[0] if node.children else None
    if node.type == "list_item":
        return inline(first) if first is not None and first.type == "paragraph" else ""
    return first.content if first is not None and first.type == "inline" else ""


def task(item: Node) -> str | None:
    """The Markdown behind the box of a task item; None for any other item."""
    text = inline(item)
    box = _BOX.match(text)
    return text[box.end() :] if box else None


def below(node: Node, kind: str) -> Iterator[Node]:
    """The blocks of that kind inside another, at any depth."""
    for child in node.children:
        if child.type == kind:
            yield child
        yield from below(child, kind)
