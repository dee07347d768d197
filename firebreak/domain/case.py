"""A report laid before the playbooks and the trained table: what speaks for each scenario, as evidence and as belief.

Both parts can be asked what they would say with some letters of the report blanked: that is how a reason is proved.
Sets of letters are bit masks, and a blanked case only takes away what is gone, because this is asked a dozen times a
report.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from math import expm1
from typing import NamedTuple

from firebreak.domain.evidence import CALM, Hit, Index, Span, index_of, read
from firebreak.domain.features import Token, features_of, tokens_of, words
from firebreak.domain.hours import StaffedHours
from firebreak.domain.model import Model, Row, Voices
from firebreak.domain.playbooks import Playbook
from firebreak.domain.reports import Report

NOTHING = 0
"""No letter blanked. A mask has a bit for each letter of the text."""

_BLANKED = bytes.maketrans(b"0", b"\0")
_MOST_EVIDENCE, _MOST_SIMILAR, _MOST_ALIKE = 9.0, 1.5, 6.0
_SIMILAR, _CHANNEL = 0.4, 0.4
_PARTS = {"similar": 1, "example": 2}


@dataclass(frozen=True)
class Around:
    """What is known beside the words. `cover` is staffed, night, weekend, holiday, or "" where nothing tells."""

    channels: frozenset[str] = frozenset()
    cover: str = ""
    at: datetime | None = None
    answers: Mapping[str, bool] = field(default_factory=dict)


class Heard(NamedTuple):
    """A feature that the table knows: its places and its row."""

    spans: Sequence[Span]
    row: Row


class Found(NamedTuple):
    """Something the playbooks find, with the masks of its places, and all of them together."""

    masks: tuple[int, ...]
    whole: int
    hit: Hit


class Gone(NamedTuple):
    """What is lost of a case when letters are blanked."""

    rows: Sequence[Row] = ()
    found: Sequence[Found] = ()


@dataclass(frozen=True)
class Case:
    """The words of a report before an index of playbooks and a table."""

    index: Index
    model: Model
    text: str

    @cached_property
    def heard(self) -> tuple[Heard, ...]:
        """Every feature that the table knows."""
        return tuple(Heard(*each) for each in self.model.known(features_of(self._tokens)))

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """What the playbooks' signals and descriptions find."""
        return tuple(Found(*_masks(hit.spans), hit) for hit in read(self.index, self.text))

    @cached_property
    def shown(self) -> tuple[Span, ...]:
        """The words that may be named as a reason."""
        return tuple(words(self._tokens, self.model.han_words))

    @cached_property
    def said(self) -> Mapping[str, int]:
        """Each of these words, and each phrase found, in lower case: the mask of every place it stands."""
        spans = [*self.shown, *(span for found in self.found for span in found.hit.spans)]
        masks: dict[str, int] = defaultdict(int)
        for start, end in spans:
            masks[self.text[start:end].lower()] |= _mask((start, end))
        return masks

    @cached_property
    def touching(self) -> tuple[tuple[Row, int, int], ...]:
        """The row of each feature, and the numbers of the shown words at its ends; -1 where there is none."""
        word_at = [-1] * len(self.text)
        for number, (start, end) in enumerate(self.shown):
            word_at[start:end] = [number] * (end - start)
        ends = ((heard.row, heard.spans[0]) for heard in self.heard)
        return tuple((row, word_at[start], word_at[end - 1]) for row, (start, end) in ends)

    def gone(self, blank: int) -> Gone:
        """What is lost when these letters are blanked."""
        if not blank:
            return Gone()
        blanked = f"{blank:b}"[::-1].ljust(len(self.text), "0").encode().translate(_BLANKED)
        once, again = self._placed
        rows = [row for first, last, middle, row in once if blanked[first] or blanked[last] or blanked[middle]]
        rows += [row for places, row in again if all(any(blanked[place] for place in each) for each in places)]
        found = [each for each in self.found if each.whole & blank and all(mask & blank for mask in each.masks)]
        return Gone(rows, found)

    def silent(self, gone: Gone) -> bool:
        """Whether nothing is left that the table or a playbook knows."""
        return len(gone.rows) == len(self.heard) and len(gone.found) == len(self.found)

    def beliefs(self, gone: Gone) -> dict[str, float]:
        """The logarithm of how likely the table thinks each of its classes."""
        voices = self._voices.without(self.model.heard(gone.rows))
        return dict(zip(self.model.classes, self.model.beliefs(voices), strict=True))

    def evidence(self, around: Around, gone: Gone) -> list[float]:
        """Evidence for each scenario of the index, in signal words, levelling off below `_MOST_EVIDENCE`."""
        weighed = list(self._whole(around.channels))
        lost = _gains(gone.found, len(weighed)) if gone.found else self._gains
        for target in {found.hit.target for found in gone.found} - {CALM}:
            left = [had[target] - less[target] for had, less in zip(self._gains, lost, strict=True)]
            weighed[target] = self._weighed(around.channels, target, *left)
        return weighed

    def _whole(self, channels: frozenset[str]) -> list[float]:
        """The evidence with nothing blanked, worked out once for the same channels."""
        if channels not in self._kept:
            gains = enumerate(zip(*self._gains, strict=True))
            self._kept[channels] = [self._weighed(channels, target, *each) for target, each in gains]
        return self._kept[channels]

    @cached_property
    def _kept(self) -> dict[frozenset[str], list[float]]:
        return {}

    def calm(self, gone: Gone) -> float:
        """Evidence for no crisis at all, in signal words."""
        return _calm(self.found) - _calm(gone.found)

    def absence(self, gone: Gone) -> str:
        """How surely the report says that the team was not there: `nobody`, `silent` (nothing was said), or ""."""
        left = self._absences - Counter(map(self._tells, gone.found))
        return next((kind for kind in ("nobody", "silent") if left[kind]), "")

    @cached_property
    def _tokens(self) -> list[Token]:
        return tokens_of(self.text, self.model.simplified)

    @cached_property
    def _placed(self) -> tuple[list[tuple[int, int, int, Row]], list[tuple[list[tuple[int, int, int]], Row]]]:
        """Features that stand once and those that stand again, by the letters that tell whether they are touched."""
        once = [(*_places(each.spans[0]), each.row) for each in self.heard if len(each.spans) == 1]
        again = [(list(map(_places, each.spans)), each.row) for each in self.heard if len(each.spans) > 1]
        return once, again

    @cached_property
    def _voices(self) -> Voices:
        return self.model.heard([each.row for each in self.heard])

    @cached_property
    def _gains(self) -> list[list[float]]:
        return _gains(self.found, len(self.index.scenarios))

    @cached_property
    def _absences(self) -> Counter[str]:
        return Counter(map(self._tells, self.found))

    def _tells(self, found: Found) -> str:
        hit = found.hit
        return "nobody" if hit.kind == "strong" and self.index.times[hit.target] else hit.kind

    def _weighed(self, channels: frozenset[str], target: int, told: float, similar: float, alike: float) -> float:
        """Channels add only to what the words have said."""
        words = told + levelled(_SIMILAR * similar, _MOST_SIMILAR) + levelled(_SIMILAR * alike, _MOST_ALIKE)
        if words <= 0:
            return 0.0
        return levelled(words + words / (1 + words) * self._channel_gain(channels, target), _MOST_EVIDENCE)

    def _channel_gain(self, channels: frozenset[str], target: int) -> float:
        """A channel that every playbook names tells nothing apart."""
        if channels.isdisjoint(self.index.channels[target]):
            return 0.0
        rivals = sum(not channels.isdisjoint(names) for names in self.index.channels)
        return _CHANNEL * (1 - rivals / (len(self.index.channels) + 1))


def lay(report: Report, playbooks: Sequence[Playbook], model: Model) -> Case:
    """The words of a report before these playbooks and this table."""
    return Case(index_of(playbooks), model, report.text)


def around(report: Report, hours: StaffedHours | None) -> Around:
    """What a report says beside its words; without `hours` the time says nothing."""
    at = report.began_at or report.noticed_at
    cover = hours.cover(at) if hours and at else ""
    # Noticed in office hours says nothing about when it began.
    cover = "" if cover == "staffed" and not report.began_at else cover
    return Around(frozenset(name.lower() for name in report.channels), cover, at, report.answers)


def levelled(evidence: float, most: float) -> float:
    """Evidence that grows ever slower, and never beyond `most`."""
    return most * -expm1(-max(0.0, evidence) / most)


def _gains(found: Sequence[Found], size: int) -> list[list[float]]:
    """What signals, words of the descriptions, and words of the example reports add for each scenario."""
    gains = [[0.0] * size, [0.0] * size, [0.0] * size]
    for each in found:
        if each.hit.target != CALM:
            gains[_PARTS.get(each.hit.kind, 0)][each.hit.target] += each.hit.gain
    return gains


def _calm(found: Sequence[Found]) -> float:
    return sum(each.hit.gain for each in found if each.hit.target == CALM)


def _places(span: Span) -> tuple[int, int, int]:
    """Words are blanked whole, and two Han characters at the least: three letters tell whether a feature is touched."""
    start, end = span
    return start, end - 1, min(start + 1, end - 1)


def _masks(spans: Sequence[Span]) -> tuple[tuple[int, ...], int]:
    masks = tuple(map(_mask, spans))
    whole = NOTHING
    for mask in masks:
        whole |= mask
    return masks, whole


def _mask(span: Span) -> int:
    return (1 << span[1]) - (1 << span[0])
