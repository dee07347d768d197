"""The body of a playbook as parts under headings, and what its lists hold, before any of it means something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from firebreak.domain.markdown import Block as Node
from firebreak.domain.markdown import blocks, plain
from firebreak.domain.playbook_page import Page, shown
from firebreak.domain.playbook_words import SECTIONS, section_id

LISTS = {"bullet_list", "ordered_list"}
_BOX = re.compile(r"\[[ xX]\](?:\s+|$)")


@dataclass(frozen=True)
class Part:
    """A heading of level 1 or 2 with the blocks below it; `start` and `end` are indexes of its lines, heading left out.

    The text before the first heading is a part of level 0.
    """

    id: str | None
    title: str
    level: int
    line: int
    start: int
    end: int
    nodes: tuple[Node, ...]

    def items(self) -> Iterator[Node]:
        """The items of its lists, not those inside other blocks."""
        return (item for node in self.nodes if node.type in LISTS for item in node.children)


def parts(page: Page, first: int) -> list[Part]:
    """The parts of the body, which begins at line index `first`. Blank lines stand in for the head, so lines agree."""
    found = blocks("\n" * first + "\n".join(page.lines[first:]))
    heads = [index for index, node in enumerate(found) if _is_head(node)]
    edges = [*heads, len(found)]
    intro = Part(None, "", 0, first + 1, first, _row(found, edges[0], page), tuple(found[: edges[0]]))
    return [intro, *(_part(page, found, a, b) for a, b in zip(heads, edges[1:], strict=True))]


def _is_head(node: Node) -> bool:
    return node.type == "heading" and node.tag in {"h1", "h2"}


def _row(blocks: list[Node], index: int, page: Page) -> int:
    return span(blocks[index])[0] if index < len(blocks) else len(page.lines)


def _part(page: Page, blocks: list[Node], head: int, end: int) -> Part:
    first, last = span(blocks[head])
    marked = page.marked(inline(blocks[head]), first + 1)
    page.known(marked, first + 1, {"id"}, set())
    title = plain(marked.title)
    id = marked.attributes.get("id") or section_id(title)
    if id and id not in SECTIONS:
        page.error(
            first + 1, "unknown-section", f"no section is called {shown(id)}", f"Use one of {', '.join(SECTIONS)}"
        )
    level = int(blocks[head].tag[1])
    return Part(id, title, level, first + 1, last, _row(blocks, end, page), tuple(blocks[head + 1 : end]))


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
