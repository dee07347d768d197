"""A report, and what the matcher says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Report:
    """What somebody saw. Times are aware; `language` is en, fr or zh where known (words are read in all three).

    `answers` are those given to the questions of `firebreak.domain.separating`, by their id.
    """

    text: str
    channels: tuple[str, ...] = ()
    began_at: datetime | None = None
    noticed_at: datetime | None = None
    language: str | None = None
    answers: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """Why a scenario scores as it does; `weight` is what its score would lose without (below 0: gain).

    Codes and facts: `strong`, `words` (signals of the playbook), `similar` (words as in other reports of the kind, or
    in the playbook's description) {words: as typed, lower case}; `against` {words, rival: the scenario they speak
    for, or none}; `channel` {channel}; `off_hours` {cover: night, weekend or holiday; at: aware datetime}; `answer`
    {question, answer: bool}.
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
    """Every scenario, best first, ties by name; the scores and `none` (no crisis) sum to 1.

    `question` is the id of the question that would settle it, where the first two are close.
    """

    matches: tuple[Match, ...]
    none: float
    question: str | None = None
