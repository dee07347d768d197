"""Why a scenario scores as it does. Nothing is named that does not move the score: each reason is tried without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from firebreak.domain import blend
from firebreak.domain.case import NOTHING, Around, Case
from firebreak.domain.evidence import Hit
from firebreak.domain.model import NONE
from firebreak.domain.reports import Reason
from firebreak.domain.separating import backs

_TOO_LITTLE = 1e-6
_NAMED = 6


def reasons(case: Case, around: Around, scenario: str, shares: Mapping[str, float]) -> tuple[Reason, ...]:
    """The reasons of one scenario, the heaviest first; `shares` are those of all scenarios and of `none`."""
    told = _Explained(case, around, scenario, shares)
    found = [*told.by_signals(), *told.by_words(), *told.by_place_and_time()]
    true = (each for each in found if (each.weight < 0) == (each.code == "against") and abs(each.weight) > _TOO_LITTLE)
    return tuple(sorted(true, key=lambda reason: (-abs(reason.weight), reason.code)))


class _Explained:
    """One scenario of a case beside its nearest rival. What one reason named, no later one names again."""

    def __init__(self, case: Case, around: Around, scenario: str, shares: Mapping[str, float]) -> None:
        self.case, self.around, self.scenario, self.score = case, around, scenario, shares[scenario]
        self.number = case.index.scenarios.index(scenario)
        self.rival = max((each for each in shares if each != scenario), key=lambda each: shares[each])
        self.leads = self.score >= max(share for each, share in shares.items() if each != NONE)
        self.named = NOTHING

    def by_signals(self) -> Iterator[Reason]:
        """The playbook's own words, doubly strong ones apart."""
        yield from self._of_words("strong", self._hits("strong"))
        yield from self._of_words("words", self._hits("nobody", "silent", "words"))

    def by_words(self) -> Iterator[Reason]:
        """Other words, as reports of the kind hold them or its description does.

        For the first of a ranking also those that speak for its rival; what speaks against the others is what speaks
        for the first.
        """
        weighed = self._weighed()
        ranked = sorted(weighed, key=lambda said: -weighed[said])
        ours = [said for said in ranked if weighed[said] > 0]
        theirs = [said for said in reversed(ranked) if weighed[said] < 0]
        yield from self._of_words("similar", [*ours, *self._hits("example", "similar")])
        if self.leads:
            yield from self._of_words("against", [*self._hits("against"), *theirs])

    def by_place_and_time(self) -> Iterator[Reason]:
        """Channels, the hour, and answers."""
        index, around = self.case.index, self.around
        for channel in sorted(around.channels & index.channels[self.number]):
            left = replace(around, channels=around.channels - {channel})
            yield Reason("channel", {"channel": channel}, self._lost(left))
        if around.cover in index.times[self.number]:
            facts = {"cover": around.cover, "at": around.at}
            yield Reason("off_hours", facts, self._lost(replace(around, cover="")))
        for asked, answer in around.answers.items():
            if backs(self.scenario, asked, answer):
                left = replace(around, answers={each: told for each, told in around.answers.items() if each != asked})
                yield Reason("answer", {"question": asked, "answer": answer}, self._lost(left))

    def _lost(self, around: Around, blank: int = NOTHING) -> float:
        return self.score - blend.shares(self.case, around, blank)[self.scenario]

    def _of_words(self, code: str, said: Iterable[str]) -> Iterator[Reason]:
        chosen = list(self._new(said))
        if chosen:
            facts = {"words": chosen, "rival": self.rival} if code == "against" else {"words": chosen}
            yield Reason(code, facts, self._lost(self.around, self._places(chosen)))

    def _new(self, said: Iterable[str]) -> Iterator[str]:
        """The first few that no reason has named."""
        left = _NAMED
        for each in dict.fromkeys(said):
            places = self._places([each])
            if left and places and not places & self.named:
                left -= 1
                self.named |= places
                yield each

    def _places(self, said: Iterable[str]) -> int:
        """Every place where these words stand, whatever their case."""
        places = NOTHING
        for each in said:
            places |= self.case.said[each]
        return places

    def _hits(self, *kinds: str) -> list[str]:
        hits = [each.hit for each in self.case.found if each.hit.target == self.number and each.hit.kind in kinds]
        return [each for hit in sorted(hits, key=lambda hit: (-hit.gain, hit.spans)) for each in self._said(hit)]

    def _said(self, hit: Hit) -> list[str]:
        text = self.case.text
        return [text[start:end].lower() for start, end in hit.spans if end - start > 1]

    def _weighed(self) -> dict[str, int]:
        """What the table hears in each word for this scenario and against its rival."""
        case, classes = self.case, self.case.model.classes
        if self.scenario not in classes or self.rival not in classes:
            return {}
        ours, theirs = classes.index(self.scenario), classes.index(self.rival)
        told = [0] * (len(case.shown) + 1)
        for row, first, last in case.touching:
            told[first] += row[ours] - row[theirs]
            if last != first:
                told[last] += row[ours] - row[theirs]
        weighed: dict[str, int] = {}
        for (start, end), gained in zip(case.shown, told, strict=False):
            said = case.text[start:end].lower()
            weighed[said] = weighed.get(said, 0) + gained
        return weighed
