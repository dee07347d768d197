"""The log of an incident as rows to show: newest first, mended entries beside what they said first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from firebreak.domain.events import SHAPES, Entry, EventKind
from firebreak.domain.folding import effective
from firebreak.domain.incidents import Incident
from firebreak.domain.text import moment
from firebreak.web.rendered import Kept

K = EventKind
PAGE = 100
LATE = timedelta(minutes=2)
"""An entry written this long after it happened says so."""

FILTERS: Mapping[str, frozenset[str]] = {
    "statements": frozenset({K.STATEMENT_POSTED}),
    "steps": frozenset({K.STEP_ADDED, K.STEP_DONE, K.STEP_NOT_APPLICABLE, K.STEP_REOPENED, K.STEP_ASSIGNED}),
    "notes": frozenset({K.NOTE_ADDED, K.DECISION_MADE}),
    "clocks": frozenset({K.CLOCK_SET, K.CLOCK_WARNED, K.CLOCK_BREACHED, K.MOMENT_RECORDED}),
    "people": frozenset({K.ROLE_ASSIGNED, K.ROLE_RELEASED, K.STEP_ASSIGNED}),
}
QUIET = frozenset({K.CLOCK_SET, K.STEP_ASSIGNED})


@dataclass(frozen=True)
class LogRow:
    """An entry as it counts now (`entry`) and as it was written (`original`), with the entries that mended it."""

    entry: Entry
    original: Entry
    struck_by: Entry | None
    corrections: tuple[Entry, ...]

    @property
    def template(self) -> str:
        return f"entries/{str(self.entry.event.kind).replace(':', '_')}.html"

    @property
    def kind(self) -> str:
        return str(self.entry.event.kind)

    @property
    def quiet(self) -> bool:
        return self.entry.event.kind in QUIET

    @property
    def mendable(self) -> bool:
        return SHAPES[self.entry.event.kind].mendable and self.struck_by is None

    @property
    def first_words(self) -> dict[str, Any]:
        """What the corrections changed, as it was written first: key -> text or time (aware)."""
        first = self.original.event.data
        data = [fix.event.data for fix in self.corrections]
        keys = dict.fromkeys(key for each in data for part in ("codes", "body") for key in each.get(part) or ())
        moved = {"at": self.original.event.at} if any(each.get("at") for each in data) else {}
        timed = {key: moment(first[key]) for key in ("began_at", "noticed_at") if key in keys and first.get(key)}
        return moved | timed | {key: first[key] for key in keys if key in first and key not in timed and key != "html"}

    @property
    def recorded_later(self) -> timedelta | None:
        """How long after it happened it was written; None when at once."""
        late = self.original.recorded_at - self.entry.event.at
        return late if late >= LATE else None


@dataclass(frozen=True)
class Page:
    """Some rows, and the entry to go on before (None at the beginning of the log)."""

    rows: tuple[LogRow, ...]
    older: int | None


@dataclass(frozen=True)
class History:
    """What mends what in one incident: worked out once for each entry of its log, not for each request."""

    incident: Incident
    counted: Mapping[int, Entry]
    struck: Mapping[int, Entry]
    corrected: Mapping[int, tuple[Entry, ...]]

    def row(self, fact: Entry) -> LogRow:
        seq = fact.seq
        return LogRow(self.counted.get(seq, fact), fact, self.struck.get(seq), self.corrected.get(seq, ()))


_histories: Kept[History] = Kept(64, lambda _history: 1)


def history(incident: Incident) -> History:
    """Of this very incident, or worked out anew: another log under the same reference is another incident."""
    known = _histories.get(incident.reference)
    if known is None or known.incident is not incident:
        known = _histories.put(incident.reference, _history(incident))
    return known


def _history(incident: Incident) -> History:
    mends = [fact for fact in incident.facts if fact.event.kind in (K.ENTRY_STRUCK, K.ENTRY_CORRECTED)]
    struck = {fact.event.data["target"]: fact for fact in mends if fact.event.kind is K.ENTRY_STRUCK}
    corrected: dict[int, tuple[Entry, ...]] = {}
    for fact in mends:
        if fact.event.kind is K.ENTRY_CORRECTED:
            target = fact.event.data["target"]
            corrected[target] = (*corrected.get(target, ()), fact)
    counted = {entry.seq: entry for entry in effective(incident.facts) if entry.seq in corrected}
    return History(incident, counted, struck, corrected)


def page(incident: Incident, kinds: str = "", before: int | None = None) -> Page:
    """The newest rows, of the kinds of one of FILTERS or all, before entry `before`."""
    wanted = FILTERS.get(kinds)
    last = len(incident.facts) if before is None else max(0, min(before - 1, len(incident.facts)))
    newest = (incident.facts[place] for place in range(last - 1, -1, -1))
    facts = list(islice((fact for fact in newest if wanted is None or fact.event.kind in wanted), PAGE + 1))
    shown = facts[:PAGE]
    return Page(rows(incident, shown), shown[-1].seq if len(facts) > PAGE else None)


def row(incident: Incident, seq: int) -> LogRow | None:
    """One entry; None when there is none."""
    fact = incident.fact(seq)
    return history(incident).row(fact) if fact else None


def rows(incident: Incident, facts: Iterable[Entry]) -> tuple[LogRow, ...]:
    return tuple(map(history(incident).row, facts))
