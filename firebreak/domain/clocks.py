"""Clocks: from a moment to a moment or to a step, with a limit. They never pause at the weekend.

Default limits are starting points after practice and surveys about complaints, not experiments about crises:
acknowledge after the paging time-outs of approval chains (5 to 15 minutes before the deputy is paged);
first response after the severity matrix of common runbooks (30 min, 60 min, 4 h, next working day);
contain has no published norm. Every playbook may set its own. See docs/sources.md.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from firebreak.domain.events import Event, EventKind
from firebreak.domain.incidents import Clock, Incident, Statement
from firebreak.domain.text import stamp

WARNING_SHARE = 0.75
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DEFAULT_LIMITS: dict[str, dict[str, timedelta]] = {
    "acknowledge": {"critical": 10 * MINUTE, "serious": 15 * MINUTE, "minor": HOUR},
    "first_response": {"critical": 30 * MINUTE, "serious": HOUR, "minor": 4 * HOUR, "watch": DAY},
    "contain": {"critical": DAY, "serious": DAY, "minor": 3 * DAY},
}
ENDS = {"acknowledge": "acknowledged", "first_response": "first_response", "contain": "contained"}
MOOT_OUTCOMES = frozenset({"false_alarm", "opened_by_mistake", "duplicate"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock shows: status, when it stopped (None while it runs), and the share of its limit used."""

    clock: Clock
    status: str
    stopped_at: datetime | None
    share: float

    @property
    def warns_at(self) -> datetime:
        return warns_at(self.clock)


def warns_at(clock: Clock) -> datetime:
    """When three quarters of the way to the due time have passed."""
    return clock.start + (clock.due - clock.start) * WARNING_SHARE


def read(incident: Incident, clock: Clock, now: datetime, expected: Container[str] | None = None) -> Reading:
    """The clock at `now`: running, warning, breached, met, late, not_applicable or invalid. `expected` are the clocks
    that are asked for, where they are known."""
    stopped = stopped_at(incident, clock)
    seen = stopped or incident.moments.get("stood_down") or now
    whole = (clock.due - clock.start).total_seconds()
    share = 1.0 if whole <= 0 else max(0.0, (seen - clock.start).total_seconds() / whole)
    status = _status(incident, clock, stopped, now, expected)
    return Reading(clock, status, stopped, max(1.0, share) if status == "breached" else share)


def readings(incident: Incident, now: datetime) -> tuple[Reading, ...]:
    """Every clock of the incident as it stands, in the order in which a room shows them."""
    rank = {"acknowledge": 0, "first_response": 1, "next_update": 2, "contain": 3}
    ordered = sorted(incident.clocks.values(), key=lambda clock: (rank.get(clock.id, 4), clock.id))
    expected = _expected(incident) if ordered else {}
    return tuple(read(incident, clock, now, expected) for clock in ordered)


def _status(
    incident: Incident, clock: Clock, stopped: datetime | None, now: datetime, expected: Container[str] | None
) -> str:
    if stopped is not None:
        return _stopped_status(clock, stopped)
    closed = incident.moments.get("stood_down")
    if not applies(incident, clock, expected) or (closed and closed <= clock.due):
        return "not_applicable"
    seen = closed or now
    # What rang has rung, also when the machine's clock was set back since.
    if clock.breached or seen >= clock.due:
        return "breached"
    return "warning" if clock.warned or seen >= warns_at(clock) else "running"


def _stopped_status(clock: Clock, stopped: datetime) -> str:
    if stopped < clock.start:
        return "invalid"
    return "met" if stopped <= clock.due else "late"


def applies(incident: Incident, clock: Clock, expected: Container[str] | None = None) -> bool:
    """Whether the clock still asks for anything: its subject exists, and the incident was a real one."""
    if incident.outcome in MOOT_OUTCOMES:
        return False
    if clock.id not in (_expected(incident) if expected is None else expected):
        return False
    return not (clock.id.startswith("step:") and _set_aside(incident, clock))


def _set_aside(incident: Incident, clock: Clock) -> bool:
    step = incident.steps.get(clock.id.removeprefix("step:"))
    return step is None or step.state == "not_applicable" or not step.current


def stopped_at(incident: Incident, clock: Clock) -> datetime | None:
    """When what the clock waits for happened; None when it has not."""
    subject, _, part = clock.id.partition(":")
    if clock.id == "next_update":
        return _update_given(incident)
    if subject == "first_response" and part:
        return min((s.at for s in incident.statements if s.channel == part), default=None)
    if subject == "step":
        step = incident.steps.get(part)
        return step.at if step and step.state == "done" else None
    return incident.moments.get(ENDS[clock.id])


def _promising(incident: Incident) -> Statement | None:
    """The statement whose promise counts: the latest one posted that made any, however late it was recorded."""
    return max((s for s in incident.statements if s.next_update_at), key=_when, default=None)


def _when(statement: Statement) -> tuple[datetime, int]:
    return statement.at, statement.seq


def _update_given(incident: Incident) -> datetime | None:
    promising = _promising(incident)
    return min((s.at for s in incident.statements if promising and _when(s) > _when(promising)), default=None)


def limit_of(incident: Incident, clock: str, severity: str | None = None) -> timedelta | None:
    """How long the clock runs under the playbook in use, else by default; None when it does not run."""
    severity = severity or incident.severity
    own = incident.playbook.limits if incident.playbook else {}
    return own.get(clock, {}).get(severity) or DEFAULT_LIMITS[clock].get(severity)


def _expected(incident: Incident) -> dict[str, tuple[datetime, timedelta]]:
    """Clock -> (start, limit) as facts and rules ask for them now."""
    return dict(_moment_clocks(incident)) | dict(_legal_clocks(incident)) | _promise_clock(incident)


def _promise_clock(incident: Incident) -> dict[str, tuple[datetime, timedelta]]:
    statement = _promising(incident)
    if statement is None or statement.next_update_at is None:
        return {}
    return {"next_update": (statement.at, statement.next_update_at - statement.at)}


def _moment_clocks(incident: Incident) -> Iterator[tuple[str, tuple[datetime, timedelta]]]:
    start = incident.moments["noticed"]
    for clock in ENDS:
        limit = limit_of(incident, clock)
        if limit is not None:
            yield clock, (start, limit)
            if clock == "first_response" and len(incident.channels) > 1:
                yield from ((f"{clock}:{channel}", (start, limit)) for channel in incident.channels)


def _legal_clocks(incident: Incident) -> Iterator[tuple[str, tuple[datetime, timedelta]]]:
    for step, start, limit in incident.playbook.legal_clocks if incident.playbook else ():
        if start in incident.moments:
            yield f"step:{step}", (incident.moments[start], limit)


def settings_due(incident: Incident, now: datetime) -> list[Event]:
    """`clock:set` for every clock whose start or limit is not yet what the facts ask for.

    A later change of limit never makes a breach in the past, due = max(start + limit, now), and a clock that
    has already stopped keeps the limit it ran under.
    A later change of start (a corrected moment) moves the due time as it is. A promise is kept to the minute.
    What is set stays in the log, so that a later rule does not retell history.
    """
    events = [_set(incident, clock, *want, now) for clock, want in _expected(incident).items()]
    return [event for event in events if event is not None]


def _set(incident: Incident, clock: str, start: datetime, limit: timedelta, now: datetime) -> Event | None:
    before = incident.clocks.get(clock)
    if before and (before.start, before.limit) == (start, limit):
        return None
    due = start + limit
    if before is None and _came_later(incident, clock, now):
        due = max(due, now)
    elif before and clock != "next_update" and stopped_at(incident, before):
        if before.start == start:
            return None
        limit, due = before.limit, start + before.limit
    elif before and before.limit != limit and clock != "next_update":
        due = max(due, now)
    data = {"clock": clock, "start": stamp(start), "limit": limit.total_seconds(), "due": stamp(due)}
    return Event(EventKind.CLOCK_SET, now, None, data)


def _came_later(incident: Incident, clock: str, now: datetime) -> bool:
    """Whether a change after the opening asks for this clock: a new severity or channel is no breach in the past.
    A promise and a duty by law keep their hour."""
    own = clock.partition(":")[0] in ENDS
    return own and incident.opened_at is not None and incident.opened_at < now


def alarms(incident: Incident, now: datetime) -> list[Event]:
    """The warnings (75 %) and breaches that have come due and were not yet recorded, each at the time it fell due."""
    if incident.state != "open":
        return []
    events = []
    for reading in readings(incident, now):
        clock = reading.clock
        data = {"clock": clock.id, "due": stamp(clock.due)}
        if reading.status == "warning" and not clock.warned:
            events.append(Event(EventKind.CLOCK_WARNED, reading.warns_at, None, data))
        elif reading.status == "breached" and not clock.breached:
            events.append(Event(EventKind.CLOCK_BREACHED, max(clock.due, clock.start), None, data))
    return events


def next_alarm(incident: Incident, now: datetime, read: Sequence[Reading] | None = None) -> datetime | None:
    """When the worker should look again; None when nothing can ring. A hint, never the truth. `read`: the clocks as
    they stand now, where they are known."""
    if incident.state != "open":
        return None
    every = readings(incident, now) if read is None else read
    waiting = (reading for reading in every if reading.status in ("running", "warning", "breached"))
    times = (
        r.clock.due if r.clock.warned or r.status == "breached" else r.warns_at for r in waiting if not r.clock.breached
    )
    return min(times, default=None)
