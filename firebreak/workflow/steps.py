"""The checklist."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from firebreak.domain.deciding import steps as decide
from firebreak.domain.incidents import Incident
from firebreak.domain.refusal import Refused
from firebreak.store import log, queries


def finish(
    reference: str,
    step: str,
    actor: int,
    now: datetime,
    *,
    at: datetime | None = None,
    choice: str = "",
    note: str = "",
) -> Incident:
    wish = partial(decide.finish_step, step=step, actor=actor, now=now, at=at, choice=choice, note=note)
    return log.record(reference, now, wish)


def set_aside(
    reference: str, step: str, reason: str, actor: int, now: datetime, at: datetime | None = None
) -> Incident:
    return log.record(
        reference, now, partial(decide.set_aside_step, step=step, reason=reason, actor=actor, now=now, at=at)
    )


def reopen(reference: str, step: str, reason: str, actor: int, now: datetime) -> Incident:
    return log.record(reference, now, partial(decide.reopen_step, step=step, reason=reason, actor=actor, now=now))


def add(
    reference: str, title: str, role: str, due: timedelta, phase: str, critical: bool, actor: int, now: datetime
) -> Incident:
    wish = partial(
        decide.add_step, title=title, role=role, due=due, phase=phase, critical=critical, actor=actor, now=now
    )
    return log.record(reference, now, wish)


def assign(reference: str, step: str, person: int | None, actor: int, now: datetime) -> Incident:
    """Take (person is the actor), assign to somebody who may work incidents, or give back to the role (None)."""
    if person is not None and not queries.can_work(person):
        raise Refused("cannot_work", field="person", person=person)
    return log.record(reference, now, partial(decide.assign_step, step=step, person=person, actor=actor, now=now))
