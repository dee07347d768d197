"""Who is told of a commit: a pure answer from its entries, the incident as of then, the settings and the people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from firebreak.domain.deciding.opening import SEVERITIES
from firebreak.domain.events import Entry, Event, EventKind
from firebreak.domain.incidents import Incident
from firebreak.store.outbox import Person

K = EventKind
RANK = ("opened", "severity", "hand_over", "breached", "warned")
"""Kinds of message; a commit that gives cause for several is told once, as the first of them."""
BY_A_PERSON = frozenset({"opened", "severity", "hand_over"})


@dataclass(frozen=True, slots=True)
class Plan:
    """The kind of message and who gets it: (channel, account id), the account being None for a hook."""

    kind: str
    receivers: tuple[tuple[str, int | None], ...]


NOBODY = Plan("", ())


def cause(event: Event) -> str | None:
    """The kind of message this event gives cause for; None for most."""
    data = event.data
    match event.kind:
        case K.INCIDENT_OPENED:
            return "opened"
        case K.SEVERITY_CHANGED:
            return "severity" if SEVERITIES.index(data["severity"]) < SEVERITIES.index(data["previous"]) else None
        case K.ROLE_ASSIGNED:
            return "hand_over" if data.get("previous") is not None or data["person"] != event.actor else None
        case K.CLOCK_BREACHED:
            return "breached"
        case K.CLOCK_WARNED:
            return "warned"
        case _:
            return None


def telling(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that somebody is told of."""
    return [entry for entry in entries if cause(entry.event)]


def plan(
    entries: Sequence[Entry], incident: Incident, settings: Mapping[str, Any], people: Mapping[int, Person]
) -> Plan:
    """Whom to tell of these entries, `incident` being as they left it. A watch tells nobody."""
    told = [entry.event for entry in telling(entries)]
    if not told or incident.severity == "watch":
        return NOBODY
    kind = min((cause(event) or "" for event in told), key=RANK.index)
    wanted = _concerned(told, incident, settings, people) - _doers(told)
    reached = sorted(id for id in wanted if id in people and people[id].reachable)
    hooks = [("webhook", None)] if settings.get("webhook_url") else []
    return Plan(kind, (*(("mail", id) for id in reached), *hooks))


def _concerned(
    told: Sequence[Event], incident: Incident, settings: Mapping[str, Any], people: Mapping[int, Person]
) -> set[int]:
    """The people of the roles and the administrators; at the beginning also who looks after the channels."""
    found = set(incident.roles.values()) | {p.id for p in people.values() if p.access == "administrator"}
    for event in told:
        if event.kind is K.ROLE_ASSIGNED:
            found |= {id for id in (event.data["person"], event.data.get("previous")) if id is not None}
        elif event.kind is K.INCIDENT_OPENED or event.data.get("previous") == "watch":
            found |= _owners(incident, settings)
    return found


def _owners(incident: Incident, settings: Mapping[str, Any]) -> set[int]:
    rows = (row for row in settings.get("channels", ()) if row.get("channel") in incident.channels)
    return {row["owner"] for row in rows if row.get("owner") is not None}


def _doers(told: Sequence[Event]) -> set[int | None]:
    """Nobody is told of what they did themselves; alarms nobody did."""
    return {event.actor for event in told if cause(event) in BY_A_PERSON}
