"""What changed from one version of a playbook to another: by step, clock, approval, statement and section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from firebreak.domain import wording
from firebreak.domain.playbooks import HoldingText, LegalClock, Playbook, Section, Step
from firebreak.domain.wording import Piece, Pieces

V = TypeVar("V")


@dataclass(frozen=True)
class Fact:
    """A value that was changed; None on the side where the thing is not there."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Words:
    """A text that was changed."""

    name: str
    pieces: Pieces


@dataclass(frozen=True)
class Item:
    """A thing that came, went or was changed. `key` are codes and ids, `title` the author's name for it or ""."""

    kind: Literal["added", "removed", "changed"]
    key: tuple[str, ...]
    title: str
    facts: tuple[Fact, ...] = ()
    words: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Part:
    """The changes of one kind; `name` is one of PARTS."""

    name: str
    items: tuple[Item, ...]


def difference(old: Playbook, new: Playbook) -> tuple[Part, ...]:
    """The parts in which something changed. None may have, where only the order or the layout did."""
    parts = (Part(name, tuple(changes(old, new))) for name, changes in _CHANGES.items())
    return tuple(part for part in parts if part.items)


# --- one kind after another ------------------------------------------------------------------------


def _head(old: Playbook, new: Playbook) -> Iterator[Item]:
    for name in ("title", "summary", "owner", "deputy"):
        if getattr(old, name) != getattr(new, name):
            yield Item("changed", (name,), "", words=_words((name, getattr(old, name), getattr(new, name))))
    for name in ("severity", "reviewed"):
        if getattr(old, name) != getattr(new, name):
            yield Item("changed", (name,), "", facts=(Fact(name, getattr(old, name), getattr(new, name)),))


def _steps(old: Playbook, new: Playbook) -> Iterator[Item]:
    return _items({(step.id,): step for step in old.steps}, {(step.id,): step for step in new.steps}, _Step)


def _clocks(old: Playbook, new: Playbook) -> Iterator[Item]:
    yield from _items(_limits(old), _limits(new), _Limit)
    yield from _items(_legal(old), _legal(new), _Legal)


def _limits(playbook: Playbook) -> dict[tuple[str, ...], Any]:
    return {(clock, severity): limit for clock, by in playbook.limits.items() for severity, limit in by.items()}


def _legal(playbook: Playbook) -> dict[tuple[str, ...], LegalClock]:
    return {(f"step:{clock.step}",): clock for clock in playbook.legal_clocks}


def _approval(old: Playbook, new: Playbook) -> Iterator[Item]:
    return _items(_single(old.approval), _single(new.approval), _Approval)


def _roles(old: Playbook, new: Playbook) -> Iterator[Item]:
    return _items(_single(old.roles), _single(new.roles), _Text)


def _deputies(old: Playbook, new: Playbook) -> Iterator[Item]:
    return _items(_single(old.deputies), _single(new.deputies), _Text)


def _signals(old: Playbook, new: Playbook) -> Iterator[Item]:
    """What was taken out of each list, then what was put in."""
    for name in ("strong", "words", "against", "examples", "channels", "times"):
        before, after = getattr(old.signals, name), getattr(new.signals, name)
        gone: list[Piece] = [("del", word) for word in before if word not in after]
        come: list[Piece] = [("ins", word) for word in after if word not in before]
        if gone or come:
            pieces = (piece for each in gone + come for piece in (("same", " · "), each))
            yield Item("changed", (name,), "", words=(Words(name, tuple(pieces)[1:]),))  # type: ignore[arg-type]


def _statements(old: Playbook, new: Playbook) -> Iterator[Item]:
    return _items(_numbered(old.statements, _platform), _numbered(new.statements, _platform), _Statement)


def _sections(old: Playbook, new: Playbook) -> Iterator[Item]:
    return _items(_numbered(old.sections, _name), _numbered(new.sections, _name), _Section)


def _sources(old: Playbook, new: Playbook) -> Iterator[Item]:
    return _items({(each.url,): each for each in old.sources}, {(each.url,): each for each in new.sources}, _Source)


_CHANGES: Mapping[str, Callable[[Playbook, Playbook], Iterator[Item]]] = {
    "head": _head,
    "steps": _steps,
    "clocks": _clocks,
    "approval": _approval,
    "statements": _statements,
    "sections": _sections,
    "roles": _roles,
    "deputies": _deputies,
    "signals": _signals,
    "sources": _sources,
}
PARTS = tuple(_CHANGES)


# --- what each of them is compared by --------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    """How one kind of thing is read: its title, its values, its texts."""

    title: Callable[[Any], str]
    facts: Callable[[Any], dict[str, Any]]
    texts: Callable[[Any], dict[str, str]]


def _step_facts(step: Step) -> dict[str, Any]:
    return {name: getattr(step, name) for name in ("role", "due", "critical", "phase", "decision", "only")}


def _step_texts(step: Step) -> dict[str, str]:
    options = "\n".join(f"{option.title} ({option.id}): {option.consequence}" for option in step.options)
    return {"title": step.title, "guidance": step.guidance, "options": options}


def _legal_facts(clock: LegalClock) -> dict[str, Any]:
    return {"limit": clock.limit, "start": clock.start}


def _nothing(_thing: Any) -> dict[str, Any]:
    return {}


_Step = _Kind(lambda step: step.title, _step_facts, _step_texts)
_Limit = _Kind(lambda _: "", lambda limit: {"limit": limit}, _nothing)
_Legal = _Kind(lambda clock: clock.title, _legal_facts, lambda clock: {"title": clock.title})
_Approval = _Kind(lambda _: "", lambda roles: {"roles": roles}, _nothing)
_Text = _Kind(lambda _: "", _nothing, lambda text: {"text": text})
_Statement = _Kind(lambda each: each.title, _nothing, lambda each: {"title": each.title, "text": each.text})
_Section = _Kind(lambda each: each.title, _nothing, lambda each: {"title": each.title, "text": each.markdown})
_Source = _Kind(lambda each: each.title, _nothing, lambda each: {"title": each.title})


def _items(old: Mapping[tuple[str, ...], Any], new: Mapping[tuple[str, ...], Any], kind: _Kind) -> Iterator[Item]:
    """What came and what was changed in the order of the newer version, then what went."""
    for key in dict.fromkeys((*new, *old)):
        before, after = old.get(key), new.get(key)
        if before != after:
            yield from _item(key, before, after, kind)


def _item(key: tuple[str, ...], before: Any, after: Any, kind: _Kind) -> Iterator[Item]:
    """Nothing where they differ in the line they stand on."""
    facts = tuple(Fact(name, *pair) for name, *pair in _pairs(kind.facts, before, after))
    words = _words(*((name, a or "", b or "") for name, a, b in _pairs(kind.texts, before, after)))
    title = kind.title(before if after is None else after)
    if before is None or after is None:
        kept = tuple(each for each in words if each.name != "title")
        yield Item("added" if before is None else "removed", key, title, facts, kept)
    elif facts or words:
        yield Item("changed", key, title, facts, words)


def _pairs(read: Callable[[Any], dict[str, Any]], before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    old, new = (read(side) if side is not None else {} for side in (before, after))
    pairs = ((name, old.get(name), new.get(name)) for name in (new or old))
    return (pair for pair in pairs if pair[1] != pair[2])


def _words(*texts: tuple[str, str, str]) -> tuple[Words, ...]:
    return tuple(Words(name, wording.words(before, after)) for name, before, after in texts if before != after)


def _single(values: Mapping[str, V]) -> dict[tuple[str, ...], V]:
    return {(key,): value for key, value in values.items()}


def _numbered(things: Iterable[V], name: Callable[[V], str]) -> dict[tuple[str, ...], V]:
    """By name, and by number where several have the same."""
    found: dict[tuple[str, ...], V] = {}
    before: Counter[str] = Counter()
    for thing in things:
        key = name(thing)
        found[key, str(before[key])] = thing
        before[key] += 1
    return found


def _platform(holding: HoldingText) -> str:
    return holding.platform


def _name(section: Section) -> str:
    return section.id or section.title
