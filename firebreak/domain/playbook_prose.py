"""What a playbook says outside its checklist: sections, holding statements, questions for the review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from firebreak.domain.channels import CHANNELS, canonical
from firebreak.domain.markdown import Block as Node
from firebreak.domain.markdown import inline_tokens, plain
from firebreak.domain.playbook_outline import Part, below, inline, line, span
from firebreak.domain.playbook_page import Page, shown
from firebreak.domain.playbook_steps import is_step
from firebreak.domain.playbooks import PHASES, HoldingText, Section
from firebreak.domain.statements import PLACEHOLDERS, SAMPLES, count, fill, limit, placeholders

EXAMPLE = "### X {platform=x}"


def sections(page: Page, parts: list[Part]) -> list[Section]:
    """The prose of every part, steps and statements left out; an empty part without a heading is none."""
    _check_twice(page, parts)
    found = [Section(part.id, part.title, part.level, _prose(page, part), part.line) for part in parts]
    return [section for section in found if section.level or section.markdown]


def questions(parts: list[Part]) -> list[str]:
    """The items listed under the review heading, as plain text."""
    items = [item for part in parts if part.id == "review" for item in part.items()]
    return [question for item in items if (question := plain(inline(item)))]


def statements(page: Page, parts: list[Part]) -> list[HoldingText]:
    """The quoted texts under the statements heading, each below a heading that names its platform."""
    return [text for part in parts if part.id == "statements" for text in _statements(page, part)]


def _check_twice(page: Page, parts: list[Part]) -> None:
    first: dict[str, int] = {}
    for part in parts:
        if part.id and first.setdefault(part.id, part.line) != part.line:
            message = f"the section {part.id} already stands on line {first[part.id]}"
            page.error(part.line, "duplicate-section", message, "Join the two, or give one another heading")


def _prose(page: Page, part: Part) -> str:
    if part.id == "statements":
        heads = [span(node)[0] for node in part.nodes if node.type == "heading"]
        return page.source(part.start, min([part.end, *heads]))
    steps = [span(item) for item in part.items() if is_step(item, part)] if part.id in PHASES else []
    return page.without(part.start, part.end, steps)


def _statements(page: Page, part: Part) -> Iterator[HoldingText]:
    heads = [index for index, node in enumerate(part.nodes) if node.type == "heading"]
    for node in _quotes(part.nodes[: heads[0]] if heads else part.nodes):
        message = "a quoted text stands under no platform"
        page.error(line(node), "statement-without-platform", message, f"Put a heading above it: {EXAMPLE}")
    for head, end in pairwise([*heads, len(part.nodes)]):
        yield from _under(page, part.nodes[head], _quotes(part.nodes[head + 1 : end]))


def _quotes(nodes: Sequence[Node]) -> list[Node]:
    return [node for node in nodes if node.type == "blockquote"]


def _under(page: Page, heading: Node, quotes: list[Node]) -> Iterator[HoldingText]:
    platform, title = _platform(page, heading)
    if not quotes:
        cure = "Quote the statement below it: > text"
        page.error(line(heading), "missing-statement", "the heading has no statement", cure)
    return (_statement(page, quote, platform, title) for quote in quotes)


def _platform(page: Page, heading: Node) -> tuple[str, str]:
    """The platform and the title of a statement's heading."""
    marked = page.marked(inline(heading), line(heading))
    page.known(marked, line(heading), {"platform"}, set())
    title = plain(marked.title)
    name = marked.attributes.get("platform", title)
    platform = canonical(name)
    if platform is None:
        cure = f"Name one as in {EXAMPLE}: {', '.join(CHANNELS)}"
        page.error(line(heading), "unknown-platform", f"no platform is called {shown(name)}", cure)
    return platform or "other", title


def _statement(page: Page, quote: Node, platform: str, title: str) -> HoldingText:
    paragraphs = [node.content for node in below(quote, "inline")]
    text = "\n\n".join(plain(paragraph) for paragraph in paragraphs)
    _check_links(page, paragraphs, line(quote))
    _check_placeholders(page, text, line(quote))
    _check_length(page, text, platform, line(quote))
    return HoldingText(platform, title, text, line(quote))


def _check_links(page: Page, paragraphs: list[str], at: int) -> None:
    """A link behind words would be lost: what is posted is plain text."""
    found = (token for paragraph in paragraphs if "[" in paragraph for token in inline_tokens(paragraph))
    if any(token.type == "link_open" and token.markup != "autolink" for token in found):
        page.error(at, "link-in-statement", "a statement is plain text", "Write the address itself, or {{ link }}")


def _check_placeholders(page: Page, text: str, at: int) -> None:
    names = ", ".join(sorted(PLACEHOLDERS))
    for name in sorted(placeholders(text) - PLACEHOLDERS):
        page.error(at, "unknown-placeholder", f"nothing fills {shown(name)}", f"Use one of {names}")
    if "{{" in (left := fill(text, dict.fromkeys(placeholders(text), ""))) or "}}" in left:
        page.error(at, "broken-placeholder", "double braces are not closed", "Write {{ name }}")


def _check_length(page: Page, text: str, platform: str, at: int) -> None:
    length, most = count(platform, fill(text, SAMPLES)), limit(platform)
    if not text:
        page.error(at, "missing-statement", "the quoted text is empty", "Write the statement: > text")
    if most is not None and length > most:
        message = f"the statement has {length} characters once filled, {platform} takes {most}"
        page.error(at, "too-long", message, f"Shorten it by {length - most} characters")
