"""An incident as a picture: where every mark, bar and shade goes. Geometry only; `review/_timeline.html` draws it.

Units are those of the picture, WIDTH across. Each part of the axis (before the opening, first 15 minutes, first hour,
first day …) has a scale of its own, so that the first minutes of a storm of ten days can be read. Within a part time
runs evenly. Marks are numbered in the order of time; those of one moment go into rows, and a stem leads to their time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from firebreak.domain import clocks
from firebreak.domain.events import Entry, EventKind
from firebreak.domain.folding import effective
from firebreak.domain.hours import StaffedHours
from firebreak.domain.incidents import Incident
from firebreak.domain.text import stamp
from firebreak.domain.timeline_axis import LEFT, RIGHT, WIDTH, Axis, Band, Part, Tick, bands, ticks

K = EventKind
LANES = ("moments", "steps", "statements")
LANE_OF = {
    K.STATEMENT_POSTED: "statements",
    **dict.fromkeys((K.STEP_DONE, K.STEP_NOT_APPLICABLE, K.STEP_REOPENED), "steps"),
    **dict.fromkeys((K.MOMENT_RECORDED, K.SEVERITY_CHANGED, K.PLAYBOOK_CHOSEN, K.DECISION_MADE), "moments"),
    **dict.fromkeys((K.INCIDENT_STOOD_DOWN, K.INCIDENT_REOPENED), "moments"),
}
STEP, TOP, TITLE, BAR = 20.0, 58.0, 17.0, 25.0
"""Heights: from one row of marks to the next, of the axis above all, of a lane's title, of one clock."""

FARTHEST = 45.0
"""How far a mark may stand from its time before a new row is opened."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One fact. `spot` is its time on the axis, (`x`, `y`) where it is drawn. `code` is a moment's name or a kind."""

    number: int
    lane: str
    code: str
    at: datetime
    entry: Entry
    spot: float
    x: float = 0.0
    y: float = 0.0
    late: timedelta | None = None
    corrected: bool = False
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """Marks of one sort; its title is at `y`, its marks hang from `top`."""

    id: str
    y: float
    top: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One clock: from `x` to where it stopped (`stop`), with its due time (`due`); `cut` when that is off the axis.

    `seq` is the entry in which it rang, or was last set. `turned` when the name would not fit to the right.
    """

    reading: clocks.Reading
    seq: int
    x: float
    stop: float
    due: float
    y: float
    cut: bool
    turned: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture, `width` by `height`. `shaded` is False when it is too long to tell its nights apart."""

    start: datetime
    end: datetime
    parts: tuple[Part, ...]
    ticks: tuple[Tick, ...]
    bands: tuple[Band, ...]
    bars: tuple[Bar, ...]
    lanes: tuple[Lane, ...]
    height: float
    shaded: bool
    width: float = WIDTH

    @property
    def marks(self) -> list[Mark]:
        """Every mark in the order of time, which is that of the numbers."""
        return sorted((mark for lane in self.lanes for mark in lane.marks), key=lambda mark: mark.number)


def draw(incident: Incident, hours: StaffedHours, zone: str, now: datetime) -> Timeline:
    """The picture of an incident (at least entry 1). `zone` (an IANA name) is whose midnights the ticks follow."""
    facts = list(_facts(incident))
    axis = Axis.of(incident, [fact.at for fact in facts], now)
    marks = [replace(fact, spot=axis.x(fact.at)) for fact in facts]
    bars = tuple(_bars(incident, axis, now))
    below = TOP + (TITLE + BAR * len(bars) if bars else 0)
    lanes = tuple(_lanes(marks, below))
    height = _floor(lanes[-1]) if lanes else below
    shade = bands(axis, hours)
    return Timeline(
        axis.start, axis.end, axis.parts, ticks(axis, zone), shade or (), bars, lanes, height, shade is not None
    )


# --- marks -----------------------------------------------------------------------------------------


def _facts(incident: Incident) -> Iterator[Mark]:
    """Numbered, without a place yet. What was struck out is shown as such."""
    counted = {entry.seq: entry for entry in effective(incident.facts)}
    told = [mark for fact in incident.facts for mark in _told(incident, counted.get(fact.seq, fact))]
    for number, mark in enumerate(sorted(told, key=lambda mark: (mark.at, mark.entry.seq)), 1):
        seq = mark.entry.seq
        yield replace(mark, number=number, corrected=seq in incident.corrected, struck=seq in incident.struck)


def _told(incident: Incident, entry: Entry) -> Iterator[Mark]:
    event = entry.event
    if event.kind is K.INCIDENT_OPENED:
        for name in ("began", "noticed", "opened"):
            if name in incident.moments:
                yield Mark(0, "moments", name, incident.moments[name], entry, 0)
    elif event.kind is K.ROLE_ASSIGNED and event.data["role"] == "lead":
        first = event.at == incident.moments.get("acknowledged") and entry.seq not in incident.struck
        yield Mark(0, "moments", "acknowledged" if first else str(event.kind), event.at, entry, 0)
    elif event.kind in LANE_OF:
        code = event.data["moment"] if event.kind is K.MOMENT_RECORDED else str(event.kind)
        yield Mark(0, LANE_OF[event.kind], code, event.at, entry, 0, late=_late(incident, entry))


def _late(incident: Incident, entry: Entry) -> timedelta | None:
    """How long after its time a step was done; None for one in time, and for everything else."""
    step = incident.steps.get(entry.event.data.get("step", "")) if entry.event.kind is K.STEP_DONE else None
    return entry.event.at - step.due if step and entry.event.at > step.due else None


def _lanes(marks: list[Mark], y: float) -> Iterator[Lane]:
    for id in LANES:
        own = [mark for mark in marks if mark.lane == id]
        if own:
            lane = Lane(id, y, y + TITLE, tuple(_placed(own, y + TITLE)))
            yield lane
            y = _floor(lane)


def _floor(lane: Lane) -> float:
    return max(mark.y for mark in lane.marks) + STEP / 2 + 8


def _placed(marks: Iterable[Mark], top: float) -> Iterator[Mark]:
    """Each mark in the first row where it stands at its time, else moved a little to the right, else in a new row."""
    rows: list[float] = []
    for mark in marks:
        places = [(max(free, mark.spot), row) for row, free in enumerate(rows)]
        near = [place for place in places if place[0] - mark.spot <= FARTHEST and place[0] <= WIDTH - STEP / 2]
        x, row = min(near, key=lambda place: (place[0] > mark.spot, place[0] - mark.spot, place[1]), default=(0, -1))
        if row < 0 or (x > mark.spot and len(rows) < 3):
            x, row = mark.spot, len(rows)
            rows.append(0.0)
        rows[row] = x + STEP
        yield replace(mark, x=x, y=top + 6 + STEP / 2 + STEP * row)


# --- clocks ----------------------------------------------------------------------------------------


def _bars(incident: Incident, axis: Axis, now: datetime) -> Iterator[Bar]:
    """The clocks that asked for something, one below the other."""
    asked = [each for each in clocks.readings(incident, now) if each.status not in ("not_applicable", "invalid")]
    entries = dict(_clock_entries(incident))
    for place, reading in enumerate(asked):
        clock, stop = reading.clock, min(reading.stopped_at or axis.end, axis.end)
        x, until, due = axis.x(clock.start), axis.x(stop), axis.x(clock.due)
        y = TOP + TITLE + BAR * place
        yield Bar(reading, entries[clock.id], x, until, due, y, clock.due > axis.end, x > (LEFT + RIGHT) / 2)


def _clock_entries(incident: Incident) -> Iterator[tuple[str, int]]:
    """Clock and the entry that tells most of it, the last pair of a clock counting: set, then rung for that time."""
    for fact in incident.facts:
        data = fact.event.data
        if fact.event.kind is K.CLOCK_SET or (
            fact.event.kind is K.CLOCK_BREACHED and data["due"] == stamp(incident.clocks[data["clock"]].due)
        ):
            yield data["clock"], fact.seq
