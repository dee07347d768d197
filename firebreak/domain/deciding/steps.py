"""The checklist: done, not applicable, open again, own steps, and who takes which."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from firebreak.domain.deciding import still_open
from firebreak.domain.deciding.opening import known
from firebreak.domain.events import Event, EventKind
from firebreak.domain.incidents import Incident, Step
from firebreak.domain.refusal import Refused
from firebreak.domain.text import LONGEST_LINE, clean, happened, required, stamp

K = EventKind
PHASES = ("first-15-minutes", "first-hour", "first-day", "following-days", "stand-down")
ROLES = (
    *("lead", "channel", "monitor", "legal", "spokesperson", "scribe"),
    *("care", "paid", "executive", "security", "hr", "partner"),
)


def _step(incident: Incident, step: str) -> Step:
    if step not in incident.steps:
        raise Refused("unknown_step", step=step)
    return incident.steps[step]


def finish_step(
    incident: Incident,
    step: str,
    actor: int,
    now: datetime,
    *,
    at: datetime | None = None,
    choice: str = "",
    note: str = "",
) -> list[Event]:
    """Done. Already done: nothing new. A decision records which option was chosen."""
    still_open(incident)
    found = _step(incident, step)
    if found.state == "done" and (not found.decision or choice in ("", found.choice)):
        return []
    data: dict[str, object] = {"step": step, "note": clean(note, "note")}
    if found.decision:
        data["choice"] = _choice(found, choice)
    return [Event(K.STEP_DONE, happened(at, now), actor, data)]


def _choice(step: Step, choice: str) -> str:
    if not choice:
        raise Refused("choose_option", step=step.id, options=list(step.options))
    return known(choice, step.options, "choice")


def set_aside_step(
    incident: Incident, step: str, reason: str, actor: int, now: datetime, at: datetime | None = None
) -> list[Event]:
    """Not applicable here, and why."""
    still_open(incident)
    if _step(incident, step).state == "not_applicable":
        return []
    data = {"step": step, "reason": required(reason, "reason")}
    return [Event(K.STEP_NOT_APPLICABLE, happened(at, now), actor, data)]


def reopen_step(incident: Incident, step: str, reason: str, actor: int, now: datetime) -> list[Event]:
    """Open again. The earlier tick stays in the log."""
    still_open(incident)
    if _step(incident, step).state == "open":
        return []
    return [Event(K.STEP_REOPENED, now, actor, {"step": step, "reason": clean(reason, "reason")})]


def add_step(
    incident: Incident, title: str, role: str, due: timedelta, phase: str, critical: bool, actor: int, now: datetime
) -> list[Event]:
    """A step of one's own, due that long from now."""
    still_open(incident)
    if due <= timedelta(0):
        raise Refused("due_not_ahead", field="due")
    data = {
        "step": next(id for id in map("own-{}".format, count(1)) if id not in incident.steps),
        "title": required(title, "title", LONGEST_LINE).strip(),
        "role": known(role, ROLES, "role"),
        "phase": known(phase, PHASES, "phase"),
        "due": stamp(now + due),
        "critical": critical,
    }
    return [Event(K.STEP_ADDED, now, actor, data)]


def assign_step(incident: Incident, step: str, person: int | None, actor: int, now: datetime) -> list[Event]:
    """Taken by, or given to, a person; None gives it back to the role."""
    still_open(incident)
    if _step(incident, step).person == person:
        return []
    return [Event(K.STEP_ASSIGNED, now, actor, {"step": step, "person": person})]
