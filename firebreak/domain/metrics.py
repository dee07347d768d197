"""The figures of an incident: how long until what, against the limits it ran under.

Lengths are timedeltas between moments in force, so that a correction changes them. Exercises are left out of figures
across incidents: who knows it is a drill answers sooner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from firebreak.domain import clocks
from firebreak.domain.incidents import Incident

Moments = Mapping[str, datetime]
SPANS: Mapping[str, tuple[str, str]] = {
    "noticed": ("began", "noticed"),
    "acknowledged": ("noticed", "acknowledged"),
    "first_response": ("noticed", "first_response"),
    "silence": ("began", "first_response"),
    "withdrew": ("noticed", "withdrew"),
    "apologised": ("noticed", "apologised"),
    "contained": ("noticed", "contained"),
    "stood_down": ("noticed", "stood_down"),
}
"""Figure -> from which moment to which."""

CLOCKS = {"acknowledged": "acknowledge", "first_response": "first_response", "contained": "contain"}
ENOUGH = 3
"""Fewer incidents than this make no usual length."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One length. None where it did not happen or its start is not known; `limit` None where nothing limits it.

    `status` is that of the clock (met, late, breached, running, warning, not_applicable, invalid), "" without one;
    `due` may be later than start + limit, when the limit changed on the way.
    """

    id: str
    start: str
    end: str
    length: timedelta | None
    limit: timedelta | None = None
    due: datetime | None = None
    status: str = ""


def figures(incident: Incident, now: datetime) -> tuple[Figure, ...]:
    """Every figure, in the order of SPANS."""
    return tuple(_figure(incident, id, now) for id in SPANS)


def _figure(incident: Incident, id: str, now: datetime) -> Figure:
    start, end = SPANS[id]
    plain = Figure(id, start, end, length(incident.moments, id))
    clock = incident.clocks.get(CLOCKS.get(id, ""))
    if clock is None:
        return plain
    status = clocks.read(incident, clock, now).status
    return Figure(id, start, end, plain.length, clock.limit, clock.due, status)


def length(moments: Moments, id: str) -> timedelta | None:
    """How long it took; None when one of the two moments is missing or they are the wrong way round."""
    start, end = SPANS[id]
    if start not in moments or end not in moments or moments[end] < moments[start]:
        return None
    return moments[end] - moments[start]


def usual(past: Iterable[Moments]) -> dict[str, timedelta]:
    """The median of each figure over real incidents, where at least ENOUGH of them have it. The caller leaves out
    exercises and what was no incident."""
    each = list(past)
    found = {id: [taken for moments in each if (taken := length(moments, id)) is not None] for id in SPANS}
    return {id: _median(lengths) for id, lengths in found.items() if len(lengths) >= ENOUGH}


def _median(lengths: Iterable[timedelta]) -> timedelta:
    return timedelta(seconds=median(each.total_seconds() for each in lengths))
