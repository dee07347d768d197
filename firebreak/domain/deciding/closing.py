"""Standing down and opening again."""

from __future__ import annotations

from datetime import datetime

from firebreak.domain.deciding import still_open
from firebreak.domain.deciding.opening import known
from firebreak.domain.events import Event, EventKind
from firebreak.domain.incidents import Incident
from firebreak.domain.refusal import Refused
from firebreak.domain.text import clean, happened, required

OUTCOMES = ("resolved", "false_alarm", "opened_by_mistake", "duplicate")


def stand_down(
    incident: Incident,
    outcome: str,
    reason: str,
    actor: int,
    now: datetime,
    duplicate_of: str | None = None,
    at: datetime | None = None,
) -> list[Event]:
    """Over. Refused while critical steps are open and no reason is given. The caller checks `duplicate_of`."""
    still_open(incident)
    known(outcome, OUTCOMES, "outcome")
    if (outcome == "duplicate") != bool(duplicate_of):
        raise Refused("duplicate_of_what", field="duplicate_of")
    if duplicate_of == incident.reference:
        raise Refused("duplicate_of_itself", field="duplicate_of")
    reason, waiting = clean(reason, "reason"), [step.id for step in incident.open_critical]
    if waiting and not reason.strip():
        raise Refused("critical_steps_open", field="reason", steps=waiting)
    data = {"outcome": outcome, "duplicate_of": duplicate_of or None, "open_critical": waiting, "reason": reason}
    return [Event(EventKind.INCIDENT_STOOD_DOWN, _since_opening(incident, at, now), actor, data)]


def _since_opening(incident: Incident, at: datetime | None, now: datetime) -> datetime:
    over = happened(at, now)
    if incident.opened_at and over < incident.opened_at:
        raise Refused("before_opening", field="at", at=over, opened=incident.opened_at)
    return over


def reopen(incident: Incident, reason: str, actor: int, now: datetime) -> list[Event]:
    """Open again, and why."""
    if incident.state == "open":
        return []
    return [Event(EventKind.INCIDENT_REOPENED, now, actor, {"reason": required(reason, "reason")})]
