"""Whether two reports may speak of the same storm: shared words, with scenario and channels as a hint."""

from __future__ import annotations

from dataclasses import dataclass

from firebreak.domain.words import terms, units

LIKE = 0.3
"""From here on two reports are worth comparing by eye."""

_READ = 4000
_FEWEST_SHARED = 2
_SAME_SCENARIO, _SHARED_CHANNEL = 0.12, 0.08


@dataclass(frozen=True)
class Traits:
    """What is compared of a report."""

    terms: frozenset[str]
    channels: frozenset[str] = frozenset()
    scenario: str | None = None


def traits(text: str, channels: tuple[str, ...] = (), scenario: str | None = None) -> Traits:
    """The traits of a report; of a very long one, those of its beginning."""
    return Traits(frozenset(term for term, _ in terms(units(text[:_READ]))), frozenset(channels), scenario)


def likeness(left: Traits, right: Traits) -> float:
    """0 where next to no word is shared; else the share of the shorter report's words, and a little for the hints."""
    shared = len(left.terms & right.terms)
    if shared < _FEWEST_SHARED:
        return 0.0
    scenario = _SAME_SCENARIO if left.scenario and left.scenario == right.scenario else 0.0
    channel = 0.0 if left.channels.isdisjoint(right.channels) else _SHARED_CHANNEL
    return shared / min(len(left.terms), len(right.terms)) + scenario + channel
