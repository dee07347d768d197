"""The axis under the timeline: its parts, the ticks on it, and the hours nobody was there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from math import sqrt
from zoneinfo import ZoneInfo

from firebreak.domain.hours import StaffedHours
from firebreak.domain.incidents import Incident

WIDTH = 760.0
LEFT, RIGHT = 26.0, 700.0
"""Where time begins and ends; right of it is room for marks that were moved aside."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHORTEST = 5 * MINUTE
LONGEST_SHADED = 62 * DAY
NARROWEST = 34.0
TICK_APART, DAY_APART = 50.0, 78.0
STEPS = (
    *(MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR),
    *(12 * HOUR, DAY, 2 * DAY, 3 * DAY, 4 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY, 3650 * DAY),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch with a scale of its own: a phase, or `before` the opening, or `after` standing down."""

    id: str
    start: datetime
    end: datetime
    x: float
    width: float

    def place(self, at: datetime) -> float:
        return self.x + self.width * ((at - self.start) / (self.end - self.start))


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled time; `day` where its date must be said too."""

    at: datetime
    x: float
    day: bool


@dataclass(frozen=True, slots=True)
class Band:
    """Hours outside the staffed ones; `cover` is night, weekend or holiday."""

    cover: str
    start: datetime
    end: datetime
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Axis:
    """Time to the right, part by part; a time off the axis is put at its end."""

    parts: tuple[Part, ...]

    @property
    def start(self) -> datetime:
        return self.parts[0].start

    @property
    def end(self) -> datetime:
        return self.parts[-1].end

    def x(self, at: datetime) -> float:
        at = min(max(at, self.start), self.end)
        return next(part for part in self.parts if at <= part.end).place(at)

    @classmethod
    def of(cls, incident: Incident, times: Sequence[datetime], now: datetime) -> Axis:
        """From the first fact to the last, at least to standing down, or to `now` while it is open."""
        closed = incident.moments.get("stood_down")
        opened = incident.moments["opened"]
        start, end = min((*times, opened)), max((*times, opened, closed or now))
        stretches = list(_stretches(start, max(end, start + SHORTEST), opened, closed))
        return cls(tuple(_laid(stretches, times)))


Stretch = tuple[str, datetime, datetime]


def _stretches(start: datetime, end: datetime, opened: datetime, closed: datetime | None) -> Iterator[Stretch]:
    """The phases of a playbook by the time since the opening, and what comes before and after them."""
    edges = [("before", start), ("first-15-minutes", opened), ("first-hour", opened + 15 * MINUTE)]
    edges += [("first-day", opened + HOUR), ("following-days", opened + DAY)]
    if closed and closed < end:
        edges = [edge for edge in edges if edge[1] < closed] + [("after", closed)]
    for (id, at), (_, until) in pairwise([*edges, ("", end)]):
        if max(at, start) < min(until, end):
            yield id, max(at, start), min(until, end)


def _laid(stretches: Sequence[Stretch], times: Sequence[datetime]) -> Iterator[Part]:
    """Half of the width goes by the root of how long a part is, half by how much happened in it."""
    lengths = [sqrt((end - start).total_seconds()) for _, start, end in stretches]
    counts = [1 + sum(start <= at < end for at in times) for _, start, end in stretches]
    free, x = RIGHT - LEFT - NARROWEST * len(stretches), LEFT
    for (id, start, end), length, count in zip(stretches, lengths, counts, strict=True):
        width = NARROWEST + free * (length / sum(lengths) + count / sum(counts)) / 2
        yield Part(id, start, end, x, width)
        x += width


# --- ticks -----------------------------------------------------------------------------------------


def ticks(axis: Axis, zone: str) -> tuple[Tick, ...]:
    """Round times of the zone, as many as can be read; a date wherever it has changed."""
    place = ZoneInfo(zone)
    times = (at for part in axis.parts for at in _round_times(part, place))
    return tuple(_spaced(axis, times, place))


def _round_times(part: Part, zone: ZoneInfo) -> Iterator[datetime]:
    whole = part.end - part.start
    wanted = ((step, DAY_APART if step >= DAY else TICK_APART) for step in STEPS)
    step = next((step for step, apart in wanted if part.width * (step / whole) >= apart), None)
    if step is None:
        return
    for at in _days(part, zone, step) if step >= DAY else _in_days(part, zone, step):
        if part.start <= at <= part.end:
            yield at


def _days(part: Part, zone: ZoneInfo, step: timedelta) -> Iterator[datetime]:
    first, last = part.start.astimezone(zone).date(), part.end.astimezone(zone).date()
    for ordinal in range(first.toordinal() + 1, last.toordinal() + 1, step.days):
        yield datetime.combine(first.fromordinal(ordinal), time(0), zone).astimezone(UTC)


def _in_days(part: Part, zone: ZoneInfo, step: timedelta) -> Iterator[datetime]:
    first, last = part.start.astimezone(zone).date(), part.end.astimezone(zone).date()
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        midnight = datetime.combine(first.fromordinal(ordinal), time(0))
        for count in range(DAY // step):
            yield (midnight + count * step).replace(tzinfo=zone).astimezone(UTC)


def _spaced(axis: Axis, times: Iterable[datetime], zone: ZoneInfo) -> Iterator[Tick]:
    """Leaves out what would run into its neighbour, and a new date that has no room to be said."""
    before, day, day_x = -WIDTH, None, -WIDTH
    for at in times:
        x, date = axis.x(at), at.astimezone(zone).date()
        if x - before < TICK_APART - 1 or (date != day and x - day_x < DAY_APART):
            continue
        yield Tick(at, x, date != day)
        before, day, day_x = x, date, day_x if date == day else x


# --- nights and weekends ---------------------------------------------------------------------------


def bands(axis: Axis, hours: StaffedHours) -> tuple[Band, ...] | None:
    """The hours nobody was there; None for an incident so long that they could not be told apart."""
    if axis.end - axis.start > LONGEST_SHADED:
        return None
    edges = sorted({axis.start, axis.end, *(at for at in _changes(axis, hours) if axis.start < at < axis.end)})
    spans = [(hours.cover(start), start, end) for start, end in pairwise(edges)]
    merged: list[tuple[str, datetime, datetime]] = []
    for cover, start, end in spans:
        if merged and merged[-1][0] == cover:
            merged[-1] = (cover, merged[-1][1], end)
        else:
            merged.append((cover, start, end))
    return tuple(_band(axis, *span) for span in merged if span[0] != "staffed")


def _band(axis: Axis, cover: str, start: datetime, end: datetime) -> Band:
    return Band(cover, start, end, axis.x(start), axis.x(end) - axis.x(start))


def _changes(axis: Axis, hours: StaffedHours) -> Iterator[datetime]:
    """Midnights, and the starts and ends of staffed hours."""
    zone = ZoneInfo(hours.zone)
    first, last = axis.start.astimezone(zone).date(), axis.end.astimezone(zone).date()
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = first.fromordinal(ordinal)
        yield datetime.combine(day, time(0), zone).astimezone(UTC)
        for span in hours.weekly.get(day.weekday(), ()):
            yield from (datetime.combine(day, edge, zone).astimezone(UTC) for edge in span if edge != time(0))
