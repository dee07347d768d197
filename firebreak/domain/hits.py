"""How often the first suggestion was right: what the matcher said when an incident was opened, beside what was used.

What it said first is `none` where it left a report alone, else the scenario it ranked first. What was used is what
people judged later (`playbook:judged`), else the playbook chosen last; while there is neither, the question is open.
Exercises, and incidents opened without suggestions, are no measure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from firebreak.domain.matching import ALONE
from firebreak.domain.model import NONE

WITHIN = 3
"""Suggestions that a person is shown."""


@dataclass(frozen=True)
class Suggested:
    """What was suggested at an opening, and what was used. `ranked`: scenarios and their shares of belief, best first;
    `none`: the share of no crisis. `chosen` is the playbook chosen last, `judged` a scenario or `none`. `report` is
    only filled for who may read it."""

    reference: str
    opened_at: datetime
    language: str
    ranked: tuple[tuple[str, float], ...] = ()
    none: float = 0.0
    chosen: str | None = None
    judged: str | None = None
    exercise: bool = False
    title: str = ""
    report: str = ""

    @property
    def used(self) -> str | None:
        return self.judged or self.chosen

    @property
    def counts(self) -> bool:
        """Whether it measures anything, now or once it is known what was used."""
        return bool(self.ranked) and not self.exercise

    @property
    def first(self) -> str:
        """What was said first: a scenario, or `none`."""
        return NONE if self.none >= ALONE or not self.ranked else self.ranked[0][0]

    @property
    def right(self) -> bool:
        return self.used == self.first

    @property
    def within(self) -> bool:
        """Whether what was used was among the first that were shown."""
        return self.right or self.used in {scenario for scenario, _share in self.ranked[:WITHIN]}

    @property
    def missed(self) -> bool:
        """Whether something else was used than what was said first."""
        return self.counts and self.used is not None and not self.right


@dataclass(frozen=True)
class Tally:
    """Counts of incidents. `left_alone`: those the matcher thought no crisis, rightly where that is what they were."""

    incidents: int = 0
    first: int = 0
    within: int = 0
    left_alone: int = 0

    def __add__(self, other: Self) -> Tally:
        mine, theirs = vars(self), vars(other)
        return Tally(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True)
class Hits:
    """Counts by what was used and by language; the misses, the newest first; incidents whose question is still open."""

    counts: Mapping[tuple[str, str], Tally]
    misses: tuple[Suggested, ...]
    open: int

    @property
    def whole(self) -> Tally:
        return sum(self.counts.values(), Tally())

    def by_scenario(self) -> dict[str, Tally]:
        """Scenario, or `none`, -> counts; the most frequent first, no crisis last."""
        found = self._by(0)
        return dict(sorted(found.items(), key=lambda pair: (pair[0] == NONE, -pair[1].incidents, pair[0])))

    def by_language(self) -> dict[str, Tally]:
        """Language -> counts, the most frequent first."""
        return dict(sorted(self._by(1).items(), key=lambda pair: (-pair[1].incidents, pair[0])))

    def _by(self, part: int) -> dict[str, Tally]:
        found: dict[str, Tally] = defaultdict(Tally)
        for key, tally in self.counts.items():
            found[key[part]] += tally
        return found


def count(told: Iterable[Suggested]) -> Hits:
    """Count these incidents, in any order."""
    measured = [each for each in told if each.counts]
    counts: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for each in measured:
        if each.used is not None:
            counts[each.used, each.language] += Tally(1, each.right, each.within, each.first == NONE)
    misses = sorted((each for each in measured if each.missed), key=lambda each: (each.opened_at, each.reference))
    return Hits(dict(counts), tuple(reversed(misses)), sum(each.used is None for each in measured))
