"""Which playbook fits a report, how surely, and why.

Each scenario gathers evidence from its signals, from words shared with its description, from channels and from the
time; what no word speaks for gets nothing. The scores and `none` are shares of one whole. A reason's weight is what the
score would lose without it, so a reason is named only when it is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from math import exp, expm1
from typing import Any

from firebreak.domain.evidence import CALM, Hit, Index, Span, index_of, read
from firebreak.domain.hours import StaffedHours
from firebreak.domain.playbooks import Playbook

NONE_AT_REST = 1.8
"""Evidence, in signal words, at which a scenario is as likely as no crisis at all."""

_MOST_EVIDENCE, _MOST_SIMILAR = 9.0, 1.5
_SIMILAR, _CHANNEL, _OFF_HOURS = 0.4, 0.4, 1.0
# Most storms begin when the office is closed: the hour alone must not make one a storm that nobody saw.
_UNLESS_ABSENT, _BEGAN_STAFFED = 0.5, 0.7
_EXPLAINED = 5
_WORDS_NAMED = 6
_TOO_LITTLE = 1e-4
_NAMED: Mapping[str, tuple[str, ...]] = {
    "strong": ("strong",),
    "words": ("absent", "words"),
    "similar": ("similar",),
    "against": ("against",),
}


@dataclass(frozen=True)
class Report:
    """What somebody saw. Times are aware; `language` is en, fr or zh where known (words are read in all three)."""

    text: str
    channels: tuple[str, ...] = ()
    began_at: datetime | None = None
    noticed_at: datetime | None = None
    language: str | None = None


@dataclass(frozen=True)
class Reason:
    """Why a scenario scores as it does; `weight` is what its score would lose without (below 0: gain).

    Codes and facts: `strong`, `words`, `similar`, `against` {words: as typed, lower case}, `channel` {channel},
    `off_hours` {cover: night, weekend or holiday; at: aware datetime}.
    """

    code: str
    facts: Mapping[str, Any]
    weight: float


@dataclass(frozen=True)
class Match:
    """A scenario and its share of belief, 0 to 1. Only the first few of a ranking carry reasons, the heaviest first."""

    scenario: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Ranking:
    """Every scenario, best first, ties by name; the scores and `none` (no crisis) sum to 1."""

    matches: tuple[Match, ...]
    none: float


@dataclass(frozen=True)
class _Case:
    """A report laid before an index: what it says, where, and when."""

    index: Index
    text: str
    hits: tuple[Hit, ...]
    channels: frozenset[str]
    cover: str
    at: datetime | None


def rank(report: Report, playbooks: Sequence[Playbook], hours: StaffedHours | None = None) -> Ranking:
    """Rank the scenarios of these playbooks for a report; without `hours` the time says nothing.

    Of a very long text the head and the tail are read.
    """
    index = index_of(playbooks)
    case = _case(report, index, hours)
    *scores, none = _shares(case)
    order = sorted(range(len(index.scenarios)), key=lambda target: (-scores[target], index.scenarios[target]))
    reasons = {target: _reasons(case, target, scores[target]) for target in order[:_EXPLAINED]}
    matches = (Match(index.scenarios[target], scores[target], reasons.get(target, ())) for target in order)
    return Ranking(tuple(matches), none)


def _case(report: Report, index: Index, hours: StaffedHours | None) -> _Case:
    at = report.began_at or report.noticed_at
    cover = hours.cover(at) if hours and at else ""
    # Noticed in office hours says nothing about when it began.
    cover = "" if cover == "staffed" and not report.began_at else cover
    channels = frozenset(name.lower() for name in report.channels)
    return _Case(index, report.text, tuple(read(index, report.text)), channels, cover, at)


def _shares(case: _Case, without: frozenset[int] = frozenset()) -> list[float]:
    """Shares of the scenarios, then of none, as they would be without the letters at some places."""
    weights = [expm1(each) for each in _evidence(case, without)]
    calm = sum(hit.gain for hit in case.hits if hit.target == CALM and _stands(hit, without))
    weights.append(exp(NONE_AT_REST + calm))
    whole = sum(weights)
    return [weight / whole for weight in weights]


def _evidence(case: _Case, without: frozenset[int]) -> list[float]:
    """Evidence for each scenario, in signal words, levelling off below `_MOST_EVIDENCE`."""
    size = len(case.index.scenarios)
    told, similar, absent = [0.0] * size, [0.0] * size, [False] * size
    for hit in case.hits:
        if hit.target != CALM and _stands(hit, without):
            gains = similar if hit.kind == "similar" else told
            gains[hit.target] += hit.gain
            absent[hit.target] |= hit.kind in ("absent", "strong")
    return [_weighed(case, target, told[target], similar[target], absent[target]) for target in range(size)]


def _weighed(case: _Case, target: int, told: float, similar: float, absent: bool) -> float:
    """Channels and time add only to what the words have said."""
    words = told + _levelled(_SIMILAR * similar, _MOST_SIMILAR)
    if words > 0 and case.index.times[target]:
        words *= (1 if absent else _UNLESS_ABSENT) * (_BEGAN_STAFFED if case.cover == "staffed" else 1)
    backed = max(0.0, words) / (1 + max(0.0, words))
    around = _channel_gain(case, target) + _time_gain(case, target) * (1 + absent)
    return _levelled(words + backed * around, _MOST_EVIDENCE)


def _levelled(evidence: float, most: float) -> float:
    return most * -expm1(-max(0.0, evidence) / most)


def _channel_gain(case: _Case, target: int) -> float:
    """A channel that every playbook names tells nothing apart."""
    if case.channels.isdisjoint(case.index.channels[target]):
        return 0.0
    rivals = sum(not case.channels.isdisjoint(names) for names in case.index.channels)
    return _CHANNEL * (1 - rivals / (len(case.index.channels) + 1))


def _time_gain(case: _Case, target: int) -> float:
    return _OFF_HOURS if case.cover in case.index.times[target] else 0.0


def _stands(hit: Hit, without: frozenset[int]) -> bool:
    """Whether a hit stands when the letters at these places are gone."""
    return any(without.isdisjoint(range(start, end)) for start, end in hit.spans)


def _letters(spans: Iterable[Span]) -> frozenset[int]:
    return frozenset(place for start, end in spans for place in range(start, end))


def _reasons(case: _Case, target: int, score: float) -> tuple[Reason, ...]:
    found = [*_word_reasons(case, target, score), *_context_reasons(case, target, score)]
    true = (each for each in found if (each.weight < 0) == (each.code == "against") and abs(each.weight) > _TOO_LITTLE)
    return tuple(sorted(true, key=lambda reason: (-abs(reason.weight), reason.code)))


def _word_reasons(case: _Case, target: int, score: float) -> Iterator[Reason]:
    named: frozenset[int] = frozenset()
    for code, kinds in _NAMED.items():
        hits = [hit for hit in case.hits if hit.target == target and hit.kind in kinds]
        chosen = _worth_naming(hits, named) if code == "similar" else hits
        spans = sorted({span for hit in chosen for span in hit.spans})
        letters = _letters(spans)
        named |= letters
        if spans:
            words = list(dict.fromkeys(case.text[start:end].lower() for start, end in spans))
            yield Reason(code, {"words": words}, score - _shares(case, letters)[target])


def _worth_naming(hits: list[Hit], named: frozenset[int]) -> list[Hit]:
    """The heaviest few that no signal has named; a lone Han character says too little to be shown."""
    telling = (hit for hit in sorted(hits, key=lambda hit: (-hit.gain, hit.spans)) if _is_new(hit, named))
    return list(islice(telling, _WORDS_NAMED))


def _is_new(hit: Hit, named: frozenset[int]) -> bool:
    start, end = hit.spans[0]
    return end - start > 1 and all(named.isdisjoint(range(*span)) for span in hit.spans)


def _context_reasons(case: _Case, target: int, score: float) -> Iterator[Reason]:
    for channel in sorted(case.channels & case.index.channels[target]):
        elsewhere = replace(case, channels=case.channels - {channel})
        yield Reason("channel", {"channel": channel}, score - _shares(elsewhere)[target])
    if case.cover in case.index.times[target]:
        untimed = replace(case, cover="")
        yield Reason("off_hours", {"cover": case.cover, "at": case.at}, score - _shares(untimed)[target])
