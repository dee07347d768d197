"""What a report says for and against each scenario: the playbooks' signals, and words shared with their descriptions.

The index is a pure function of the playbooks' content and is kept by their hashes; playbooks of one scenario in several
languages count as one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from firebreak.domain import lexicon
from firebreak.domain.playbooks import Playbook
from firebreak.domain.words import FILLERS, Unit, one_edit, read_of, stem, terms, units

CALM = -1
"""The target of words that speak for no crisis at all."""

GAINS: Mapping[str, float] = {"words": 1.0, "strong": 2.0, "against": -1.5, "nobody": 1.5, "silent": 1.5, "calm": 0.8}
_TYPO_SHORTEST = 6
_TYPOS_TRIED = 1500
_K1, _B = 1.2, 0.75
_NEGATIONS = ("no", "without", "zero", "aucun", "aucune", "sans", "没", "沒", "无", "無")
_REACH = dict.fromkeys(map(stem, _NEGATIONS), 2) | {stem("nobody"): 1}
_CLAUSE_END = re.compile(r"[.,;:!?\n，。！？；：、]|\b(?:and|but|while|et|mais)\b", re.IGNORECASE)

Span = tuple[int, int]


@dataclass(frozen=True)
class Signal:
    """One word or phrase of a playbook: what its stems say about scenario number `target`."""

    target: int
    kind: str
    stems: tuple[str, ...]


@dataclass(frozen=True)
class Hit:
    """Something found in a report: `gain` for scenario number `target`, and every place it stands, as typed."""

    target: int
    kind: str
    gain: float
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Index:
    """Playbooks made ready for reports; lists are by scenario number, in order of scenario."""

    scenarios: tuple[str, ...]
    channels: tuple[frozenset[str], ...]
    times: tuple[frozenset[str], ...]
    whole: Mapping[str, tuple[Signal, ...]]
    lean: Mapping[str, tuple[Signal, ...]]
    typos: Mapping[str, tuple[str, ...]]
    shared: Mapping[str, tuple[tuple[int, float], ...]]
    examples: Mapping[str, tuple[tuple[int, float], ...]]


class _Shelf:
    """Playbooks as a cache key: equal when their contents are, whatever objects they are."""

    def __init__(self, playbooks: Sequence[Playbook]) -> None:
        self.playbooks = tuple(sorted(playbooks, key=lambda book: (book.scenario, book.language, book.hash)))
        self.key = tuple((book.scenario, book.language, book.hash) for book in self.playbooks)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shelf) and self.key == other.key


def index_of(playbooks: Sequence[Playbook]) -> Index:
    """The index of these playbooks, in any order; the last few are kept."""
    return _build(_Shelf(playbooks))


def read(index: Index, text: str) -> list[Hit]:
    """Everything in a text that speaks for or against a scenario; of a very long text, its head and its tail."""
    cut = _cut(text)
    corrected = _corrections(index, cut)
    return [*_signal_hits(index, text, cut, corrected), *_shared_hits(index, cut)]


def _cut(text: str) -> list[Unit]:
    return [
        Unit(unit.stem, unit.start + start, unit.end + start)
        for start, end in read_of(text)
        for unit in units(text[start:end])
    ]


def _signal_hits(index: Index, text: str, cut: list[Unit], corrected: Mapping[str, str]) -> Iterator[Hit]:
    whole = [unit._replace(stem=corrected[unit.stem]) if unit.stem in corrected else unit for unit in cut]
    lean = [unit for unit in whole if unit.stem not in FILLERS]
    denied = _denied(text, lean)
    found: dict[Signal, list[Span]] = defaultdict(list)
    for sequence, signals in ((whole, index.whole), (lean, index.lean)):
        for signal, span in _occurrences(sequence, signals):
            if span[0] not in denied:
                found[signal].append(span)
    for signal, spans in found.items():
        yield Hit(signal.target, signal.kind, GAINS[signal.kind], tuple(spans))


def _occurrences(sequence: list[Unit], signals: Mapping[str, tuple[Signal, ...]]) -> Iterator[tuple[Signal, Span]]:
    told = tuple(unit.stem for unit in sequence)
    for place, first in enumerate(told):
        for signal in signals.get(first, ()):
            end = place + len(signal.stems)
            if told[place:end] == signal.stems:
                yield signal, (sequence[place].start, sequence[end - 1].end)


def _denied(text: str, lean: list[Unit]) -> set[int]:
    """Where words start that a negation just before them takes back: "no boycott", "sans colère", "没有抵制"."""
    denied = set()
    for place, unit in enumerate(lean):
        for following in lean[place + 1 : place + 1 + _REACH.get(unit.stem, 0)]:
            if _CLAUSE_END.search(text, unit.end, following.start):
                break
            denied.add(following.start)
    return denied


def _shared_hits(index: Index, cut: list[Unit]) -> Iterator[Hit]:
    places: dict[str, list[Span]] = defaultdict(list)
    for term, span in terms(cut):
        if term in index.shared or term in index.examples:
            places[term].append(span)
    for kind, table in (("similar", index.shared), ("example", index.examples)):
        for term, spans in places.items():
            for target, gain in table.get(term, ()):
                yield Hit(target, kind, gain, tuple(spans))


def _corrections(index: Index, cut: list[Unit]) -> dict[str, str]:
    """Stems of a report that are one slip away from a signal's word, and are no word the playbooks know."""
    long = {unit.stem: None for unit in cut if unit.end - unit.start >= _TYPO_SHORTEST}
    unknown = [word for word in long if word not in index.shared and word not in index.typos.get(word, ())]
    found = ((word, _nearest(index, word)) for word in unknown[:_TYPOS_TRIED])
    return {word: right for word, right in found if right}


def _nearest(index: Index, word: str) -> str | None:
    """A slip seldom hits the first letter; asking for it keeps `bother` from being `mother`."""
    near = {right for key in _with_one_dropped(word) for right in index.typos.get(key, ())}
    return min((right for right in near if right[0] == word[0] and one_edit(word, right)), default=None)


def _with_one_dropped(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


@lru_cache(maxsize=16)
def _build(shelf: _Shelf) -> Index:
    books: dict[str, list[Playbook]] = defaultdict(list)
    for book in shelf.playbooks:
        books[book.scenario].append(book)
    signals = [Signal(CALM, "calm", stems) for stems in sorted(set(map(_stems, lexicon.CALM)))]
    signals += (each for target, group in enumerate(books.values()) for each in _signals(target, group))
    whole, lean = _by_first_stem(signals)
    described, told = [_description(group) for group in books.values()], [_examples(group) for group in books.values()]
    return Index(
        scenarios=tuple(books),
        channels=tuple(frozenset(name for book in group for name in book.signals.channels) for group in books.values()),
        times=tuple(frozenset(name for book in group for name in book.signals.times) for group in books.values()),
        whole=whole,
        lean=lean,
        typos=_typo_table(word for phrase in _phrases(books) for word in phrase),
        shared=_bm25(described, described),
        examples=_bm25(told, [one + other for one, other in zip(described, told, strict=True)]),
    )


def _phrases(books: Mapping[str, list[Playbook]]) -> Iterator[list[str]]:
    """The signals' phrases as stems of their longer words, the only ones in which a slip is forgiven."""
    for group in books.values():
        for book in group:
            for phrase in (*book.signals.words, *book.signals.strong, *book.signals.against):
                yield [unit.stem for unit in units(phrase) if unit.end - unit.start >= _TYPO_SHORTEST]


def _signals(target: int, group: list[Playbook]) -> list[Signal]:
    """Each phrase once: `boycott` and `boycotting` are one, and what is said later here wins.

    A scenario bound to times is about nobody being there too.
    """
    timed = any(book.signals.times for book in group)
    of_the_house = {"nobody": lexicon.NOBODY, "silent": lexicon.SILENT} if timed else {}
    kinds: dict[tuple[str, ...], str] = {}
    for kind in ("words", "silent", "nobody", "against", "strong"):
        phrases = of_the_house.get(kind) or [each for book in group for each in getattr(book.signals, kind, ())]
        kinds |= {stems: kind for phrase in phrases for stems in _in_all_languages(_stems(phrase))}
    return [Signal(target, kind, stems) for stems, kind in sorted(kinds.items()) if stems]


def _stems(phrase: str) -> tuple[str, ...]:
    """A phrase without its fillers, unless too little would be left of it: `delete this`, `our hashtag` stay whole."""
    whole = tuple(unit.stem for unit in units(phrase))
    lean = tuple(each for each in whole if each not in FILLERS)
    return lean if len(lean) > 1 else whole


def _in_all_languages(stems: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    return _same().get(stems, frozenset()) | {stems}


@lru_cache(maxsize=1)
def _same() -> dict[tuple[str, ...], frozenset[tuple[str, ...]]]:
    groups = [frozenset(map(_stems, group)) for group in lexicon.SAME]
    return {
        stems: frozenset().union(*(each for each in groups if stems in each)) for group in groups for stems in group
    }


def _by_first_stem(signals: list[Signal]) -> tuple[dict[str, tuple[Signal, ...]], dict[str, tuple[Signal, ...]]]:
    """Signals to look for among all words, and phrases to look for among the words that are no fillers."""
    whole: dict[str, tuple[Signal, ...]] = defaultdict(tuple)
    lean: dict[str, tuple[Signal, ...]] = defaultdict(tuple)
    for signal in signals:
        table = whole if len(signal.stems) == 1 or FILLERS.intersection(signal.stems) else lean
        table[signal.stems[0]] += (signal,)
    return dict(whole), dict(lean)


def _typo_table(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Words by themselves and by themselves with one letter dropped (symmetric delete)."""
    table: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for word in sorted(set(words)):
        for key in _with_one_dropped(word):
            table[key] += (word,)
    return dict(table)


def _description(group: list[Playbook]) -> Counter[str]:
    """Terms of the title, the summary and the section on how to recognise it."""
    sections = (section.markdown for book in group for section in book.sections if section.id == "recognise")
    return _counted([*(part for book in group for part in (book.title, book.summary)), *sections])


def _examples(group: list[Playbook]) -> Counter[str]:
    """Terms of the example reports."""
    return _counted([line for book in group for line in book.signals.examples])


def _counted(texts: Iterable[str]) -> Counter[str]:
    counted = Counter(term for text in texts for term, _span in terms(units(text)))
    return Counter({term: count for term, count in counted.items() if term not in _REACH and term != "not"})


def _bm25(
    descriptions: list[Counter[str]], everything: list[Counter[str]]
) -> dict[str, tuple[tuple[int, float], ...]]:  # fmt: skip
    """Gain of each term of a description for its scenario, as rare as the term is in everything that is told of all.

    After Robertson and Zaragoza 2009, with the idf that is never negative.
    """
    mean = sum(map(Counter.total, descriptions)) / max(1, sum(map(bool, descriptions))) or 1.0
    spread = Counter(term for counted in everything for term in counted)
    table: dict[str, tuple[tuple[int, float], ...]] = defaultdict(tuple)
    for target, counted in enumerate(descriptions):
        room = _K1 * (1 - _B + _B * counted.total() / mean)
        for term, count in counted.items():
            idf = log(1 + (len(descriptions) - spread[term] + 0.5) / (spread[term] + 0.5))
            table[term] += ((target, idf * count * (_K1 + 1) / (count + room)),)
    return dict(table)
