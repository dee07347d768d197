"""The log of an incident as rows to show: newest first, mended entries beside what they said first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from firebreak.domain.events import SHAPES, Entry, EventKind
from firebreak.domain.folding import effective
from firebreak.domain.incidents import Incident
from firebreak.domain.text import moment

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


def page(incident: Incident, kinds: str = "", before: int | None = None) -> Page:
    """The newest rows, of the kinds of one of FILTERS or all, before entry `before`."""
    wanted = FILTERS.get(kinds)
    facts = [fact for fact in reversed(incident.facts) if before is None or fact.seq < before]
    facts = [fact for fact in facts if wanted is None or fact.event.kind in wanted]
    shown = facts[:PAGE]
    return Page(rows(incident, shown), shown[-1].seq if len(facts) > PAGE else None)


def row(incident: Incident, seq: int) -> LogRow | None:
    """One entry; None when there is none."""
    fact = incident.fact(seq)
    return rows(incident, [fact])[0] if fact else None


def rows(incident: Incident, facts: list[Entry]) -> tuple[LogRow, ...]:
    counted = {entry.seq: entry for entry in effective(incident.facts)}
    struck: dict[int, Entry] = {}
    corrected: dict[int, list[Entry]] = {}
    for fact in incident.facts:
        if fact.event.kind is K.ENTRY_STRUCK:
            struck[fact.event.data["target"]] = fact
        elif fact.event.kind is K.ENTRY_CORRECTED:
            corrected.setdefault(fact.event.data["target"], []).append(fact)
    return tuple(
        LogRow(counted.get(f.seq, f), f, struck.get(f.seq), tuple(corrected.get(f.seq, ()))) for f in facts
    )  # fmt: skip
