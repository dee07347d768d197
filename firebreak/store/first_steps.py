"""What a newcomer's desk has and what it lacks, in two short queries."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from firebreak.store import db
from firebreak.store.accounts import Account
from firebreak.store.models import IncidentRow

LOOKED_AT = 200
"""Incidents, the newest first, among which an exercise is looked for: more are no newcomer's."""


@dataclass(frozen=True)
class Standing:
    """`people` can sign in, `unreachable` of them have no telephone number; `exercise` is the newest one's reference,
    `running` whether it is still open; `played` whether any incident has used a playbook."""

    people: int
    unreachable: int
    exercise: str | None
    running: bool
    played: bool


def standing() -> Standing:
    """How far this desk has come."""
    unreachable = sa.func.coalesce(sa.func.sum(sa.case((Account.phone == "", 1), else_=0)), 0)
    counted = sa.select(sa.func.count(), unreachable).where(Account.active.is_(True), Account.erased_at.is_(None))
    people, without = db.session.execute(counted).one()
    columns = (IncidentRow.reference, IncidentRow.state, IncidentRow.exercise, IncidentRow.scenario)
    rows = db.session.execute(sa.select(*columns).order_by(IncidentRow.number.desc()).limit(LOOKED_AT)).all()
    drill = next((row for row in rows if row.exercise), None)
    running = drill is not None and drill.state == "open"
    return Standing(people, without, drill.reference if drill else None, running, any(row.scenario for row in rows))
