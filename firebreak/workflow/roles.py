"""Who does what job in an incident."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from firebreak.domain.deciding import roles as decide
from firebreak.domain.incidents import Incident
from firebreak.domain.refusal import Refused
from firebreak.store import log, queries


def assign(reference: str, role: str, person: int, actor: int, now: datetime, at: datetime | None = None) -> Incident:
    """Take (person is the actor), assign, or hand over, to somebody who may work incidents."""
    if not queries.can_work(person):
        raise Refused("cannot_work", field="person", person=person)
    return log.record(
        reference, now, partial(decide.assign_role, role=role, person=person, actor=actor, now=now, at=at)
    )


def release(reference: str, role: str, actor: int, now: datetime) -> Incident:
    return log.record(reference, now, partial(decide.release_role, role=role, actor=actor, now=now))
