"""Who does what job: take, assign, hand over, release."""

from __future__ import annotations

from datetime import datetime

from firebreak.domain.deciding import still_open
from firebreak.domain.deciding.opening import known
from firebreak.domain.deciding.steps import ROLES
from firebreak.domain.events import Event, EventKind
from firebreak.domain.incidents import Incident
from firebreak.domain.text import happened


def assign_role(
    incident: Incident, role: str, person: int, actor: int, now: datetime, at: datetime | None = None
) -> list[Event]:
    """The role goes to `person` (a hand-over when somebody held it). The first lead acknowledges the incident."""
    still_open(incident)
    known(role, ROLES, "role")
    previous = incident.roles.get(role)
    if previous == person:
        return []
    data = {"role": role, "person": person, "previous": previous}
    return [Event(EventKind.ROLE_ASSIGNED, happened(at, now), actor, data)]


def release_role(incident: Incident, role: str, actor: int, now: datetime) -> list[Event]:
    """Nobody holds the role any more."""
    still_open(incident)
    if role not in incident.roles:
        return []
    return [Event(EventKind.ROLE_RELEASED, now, actor, {"role": role, "previous": incident.roles[role]})]
