"""Where words stand in playbooks: title, summary, signals, steps, sections, statements.

Texts are compared as everywhere in the desk (`domain.search`): small letters, no accents, full-width forms as plain
ones, Chinese by its signs. Every word has to be somewhere in the playbook; a word finds longer ones that begin with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from firebreak.domain import search
from firebreak.domain.playbooks import PHASES, Playbook, Section, Step
from firebreak.domain.search import Term

TOP, SIGNALS = "content", "signals"
"""Places of the reading page that are no section."""
SHOWN = 3
"""Places told of one playbook."""
# Bounded, for a hostile text would have them look through the rest of it at every sign.
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^)\s]{0,300}\)")
_MARKS = re.compile(
    r"^[ \t:|-]+$|^[ \t]*(?:[#>]+|[-*+]|\d+[.)])[ \t]+|[*`|]+|\{\{ ?| ?\}\}| ?\{[#.\w][^{}\n]{0,300}\}", re.MULTILINE
)


@dataclass(frozen=True)
class Passage:
    """A text of a playbook. `anchor` is where it stands on the reading page; `title` the author's heading of it, ""
    where it has none; `kind` is title, summary, signals, step, statement or section; `folded` is what is compared."""

    kind: str
    anchor: str
    title: str
    text: str
    folded: str


@dataclass(frozen=True)
class Hit:
    """A place where words were found: its heading, and some of the text around them."""

    passage: Passage
    title: search.Marked
    excerpt: search.Marked


@dataclass(frozen=True)
class Found:
    """A playbook with all of the words: the best places, and how many more there are. A lower rank is better."""

    hits: tuple[Hit, ...]
    more: int
    rank: tuple[int, int]


def anchor_of(section: Section, place: int) -> str:
    """The anchor of a section on the reading page; `place` counts the sections of the file from 0."""
    return f"part-{section.id or place}"


# --- passages --------------------------------------------------------------------------------------


def passages(playbook: Playbook) -> tuple[Passage, ...]:
    """Every text of a playbook, in the order in which it is read."""
    return tuple(Passage(*each, search.fold(f"{each[2]}\n{each[3]}")) for each in _texts(playbook) if each[3].strip())


_Text = tuple[str, str, str, str]


def _texts(playbook: Playbook) -> Iterator[_Text]:
    yield "title", TOP, "", playbook.title
    yield "summary", TOP, "", playbook.summary
    signals = playbook.signals
    yield "signals", SIGNALS, "", " · ".join((*signals.strong, *signals.words, *signals.against))
    for place, section in enumerate(playbook.sections):
        yield "section", anchor_of(section, place), section.title, plain(section.markdown)
        if section.id in PHASES:
            yield from (_step(step) for step in playbook.steps if step.phase == section.id)
        if section.id == "statements":
            yield from (_statement(place, playbook) for place in range(len(playbook.statements)))


def _step(step: Step) -> _Text:
    options = (f"{option.title}: {option.consequence}" for option in step.options)
    return (
        "step",
        f"step-{step.id}",
        step.title,
        "\n".join(filter(None, (plain(step.guidance), *options))) or step.title,
    )


def _statement(place: int, playbook: Playbook) -> _Text:
    holding = playbook.statements[place]
    return "statement", f"text-{place + 1}", holding.title, plain(holding.text)


def plain(markdown: str) -> str:
    """The words of a Markdown text, near enough to be read in an excerpt."""
    bare = _MARKS.sub("", _LINK.sub(r"\1", markdown))
    return "\n".join(filter(None, map(str.strip, bare.splitlines())))


# --- finding ---------------------------------------------------------------------------------------


def find(texts: Sequence[Passage], terms: Sequence[Term]) -> Found | None:
    """Where the terms stand in a playbook; None unless all of them do."""
    patterns = [re.compile(term.pattern) for term in terms]
    counts = [_has(passage, terms, patterns) for passage in texts]
    if not patterns or not all(any(count[place] for count in counts) for place in range(len(patterns))):
        return None
    order = sorted((at for at, each in enumerate(counts) if any(each)), key=lambda at: (-sum(counts[at]), at))
    hits = [_hit(texts[at], terms) for at in order[:SHOWN]]
    return Found(tuple(hits), len(order) - len(hits), (-sum(counts[order[0]]), order[0]))


def _has(passage: Passage, terms: Sequence[Term], patterns: Sequence[re.Pattern[str]]) -> tuple[bool, ...]:
    return tuple(_holds(passage.folded, *pair) for pair in zip(terms, patterns, strict=True))


def _holds(text: str, term: Term, pattern: re.Pattern[str]) -> bool:
    """A look for the bare letters first: it takes a tenth of the time, and mostly says no."""
    return all(piece in text for piece in term.pieces) and pattern.search(text) is not None


def _hit(passage: Passage, terms: Sequence[Term]) -> Hit:
    return Hit(passage, search.mark(passage.title, terms), search.excerpt(passage.text, terms))


def find_all(library: Mapping[str, Sequence[Passage]], terms: Sequence[Term]) -> dict[str, Found]:
    """Of the playbooks that have all of the terms, best first: what was found. Keys are the caller's."""
    found = {key: each for key, texts in library.items() if (each := find(texts, terms))}
    return dict(sorted(found.items(), key=lambda item: item[1].rank))
