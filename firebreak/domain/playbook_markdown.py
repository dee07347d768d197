"""Markdown in a playbook that says something else than its author meant, and where its links lead.

Markdown has no errors: what is broken is shown as it was typed, or as something else. These are the slips that people
make in a playbook: a warning each, but for a block of code without an end, which swallows the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from firebreak.domain.markdown import Block as Node
from firebreak.domain.playbook_outline import Part, below, inline, line, span
from firebreak.domain.playbook_page import ID_PATTERN, Page, shown
from firebreak.domain.playbooks import Neighbour

_CODE = re.compile(r"`[^`]*`")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]*)")
_NEIGHBOUR = re.compile(rf"\]\(({ID_PATTERN})\.md\)")
_TO_NEIGHBOUR = re.compile(rf"\[([^\[\]]*)\]\(({ID_PATTERN})\.md\)")
_LEADS_OUT = re.compile(rf"https?://[^\s/]|mailto:.+@|#|{ID_PATTERN}\.md$")
_CELL = re.compile(r"(?<!\\)\|")
_MAYBE_CODE = re.compile(r"(?: {4,}| *\t)|\s*(?:```|~~~)|[^`]*`.*\|")
_SUSPECT = re.compile(r"\]\s*\(|<|^ {0,3}#{1,6}[^#\s]|^\s*[-*+]\[|^\s*[-*+] \[[^ xX]|^\s*[-*+] \[.[^\]]")
"""Lines that one of the slips, or a link, could be on; most are not."""
_SLIPS = (
    (re.compile(r" {0,3}#{1,6}[^#\s]"), "heading", "a heading needs a space after its signs", "Write `## Title`"),
    (re.compile(r"\s*[-*+]\["), "box", "an item needs a space after its sign", "Write `- [ ] What to do {#id …}`"),
    (re.compile(r"\s*[-*+] (\[\]|\[ [xX]?[ xX]\])"), "box", "the box is not one", "Write `- [ ] What to do {#id …}`"),
    (
        re.compile(r".*\]\s+\((https?:|mailto:)"),
        "link",
        "the address stands apart",
        "Write [words](address)",
    ),
    (re.compile(r"(?i).*</?[a-z][a-z0-9]*(\s[^<>]*)?/?>"), "html", "HTML is shown as typed", "Write it in Markdown"),
)


def linked(text: str, folder: str) -> str:
    """The Markdown with its links to other playbooks leading below the address `folder`; empty: the words alone."""
    return _TO_NEIGHBOUR.sub(rf"[\1]({folder}/\2)" if folder else r"\1", text)


def check(page: Page, first: int, parts: list[Part]) -> None:
    """Warns of slips in the body, which begins at line index `first`."""
    for number, text in enumerate(page.lines[first:], first + 1):
        if _SUSPECT.search(text):
            bare = _CODE.sub("", text)
            _check_line(page, bare, number)
            _check_links(page, bare, number)
    for node in (node for part in parts if _may_slip(part.lines) for node in part.nodes):
        _check_block(page, node)


def _may_slip(lines: list[str]) -> bool:
    """Whether looking at the blocks of these lines can be worth while: it takes long, and nearly always is not."""
    runs = [list(run) for full, run in groupby(lines, key=lambda line: bool(line.strip())) if full]
    return any(map(_may_slip_in, runs))


def _may_slip_in(run: list[str]) -> bool:
    """As above, of lines without an empty one between them."""
    rows = [len(_CELL.findall(line)) for line in run if line.lstrip().startswith("|")]
    odd = sum(line.count("**") for line in run) % 2
    return bool(odd) or len(set(rows)) > 1 or any(_MAYBE_CODE.match(line) for line in run)


def neighbours(page: Page, first: int) -> Iterator[Neighbour]:
    """The scenarios that the body links to, in its order."""
    for number, text in enumerate(page.lines[first:], first + 1):
        if ".md)" in text:
            yield from (Neighbour(found.group(1), number) for found in _NEIGHBOUR.finditer(text))


def _check_line(page: Page, text: str, number: int) -> None:
    for pattern, kind, message, cure in _SLIPS:
        if pattern.match(text):
            page.warn(number, f"broken-{kind}", message, cure)


def _check_links(page: Page, text: str, number: int) -> None:
    for found in _LINK.finditer(text):
        if not _LEADS_OUT.match(found.group(1)):
            cure = "Write a whole address (https://…), or a playbook's file: employee-leak.md"
            page.warn(number, "bad-link", f"the link {shown(found.group(1))} leads nowhere", cure)


def _check_block(page: Page, node: Node) -> None:
    if node.type == "fence":
        _check_fence(page, node)
    elif node.type == "code_block":
        cure = "Indent guidance by two spaces below its item, other text by none"
        page.warn(line(node), "indented-code", "an indent of four makes this a block of code", cure)
    elif node.type == "table":
        _check_table(page, node)
    elif node.type in {"paragraph", "heading"}:
        _check_stars(page, inline(node), line(node))
    else:
        for child in node.children:
            _check_block(page, child)


def _check_fence(page: Page, node: Node) -> None:
    start, end = span(node)
    if end - start < 2 or not page.lines[end - 1].strip().startswith(node.markup):
        page.error(line(node), "open-fence", "the block of code is never closed", f"Close it with {node.markup}")


def _check_table(page: Page, node: Node) -> None:
    """A cell too many is dropped without a word, one too few is empty."""
    start, end = span(node)
    width = len(list(below(node, "th")))
    for number, text in enumerate(page.lines[start:end], start + 1):
        cells = len(_CELL.split(_CODE.sub("", text).strip().strip("|")))
        if cells != width:
            message = f"the row has {cells} cells, the table {width} columns"
            page.warn(number, "uneven-table", message, "Give each row a cell for each column")


def _check_stars(page: Page, text: str, at: int) -> None:
    bare = _CODE.sub("", text)
    if bare.count("**") % 2:
        page.warn(at, "open-stars", "bold is opened and never closed, or the other way about", "Write **words**")
