"""What the log says, as rows for lists and figures: a pure function of the incident, written by difference."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from firebreak.domain import clocks
from firebreak.domain.incidents import Incident
from firebreak.store import models

Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]
TABLES = (
    models.IncidentRow,
    models.IncidentMoment,
    models.IncidentChannel,
    models.IncidentPerson,
    models.IncidentStep,
    models.IncidentStatement,
    models.IncidentAction,
)


def rows_of(incident: Incident, now: datetime) -> Rows:
    """Table name -> primary key -> row. `now` only decides the hint `next_due`."""
    ref = incident.reference
    return {
        "incident": _keyed("reference", [_incident_row(incident, now)]) if incident.seq else {},
        "incident_moment": _keyed("moment", [_row(ref, moment=m, at=at) for m, at in incident.moments.items()]),
        "incident_channel": _keyed("channel", [_channel_row(incident, c) for c in incident.channels]),
        "incident_person": _keyed("role", [_row(ref, role=r, person=p) for r, p in incident.roles.items()]),
        "incident_step": _keyed("step", _step_rows(incident)),
        "incident_statement": _keyed("seq", _statement_rows(incident)),
        "incident_action": _keyed("action", _action_rows(incident)),
    }


def _keyed(part: str, rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {(row["reference"], row[part]): row for row in rows}


def _row(reference: str, **values: Any) -> dict[str, Any]:
    return {"reference": reference, **values}


def _incident_row(incident: Incident, now: datetime) -> dict[str, Any]:
    return _row(
        incident.reference,
        number=number(incident.reference),
        head_seq=incident.seq,
        title=incident.title,
        state=incident.state,
        severity=incident.severity,
        scenario=incident.playbook.scenario if incident.playbook else None,
        language=incident.language,
        exercise=incident.exercise,
        outcome=incident.outcome,
        lead=incident.lead,
        opened_by=incident.opened_by,
        opened_at=incident.opened_at,
        next_due=clocks.next_alarm(incident, now),
        open_critical=len(incident.open_critical),
        breached=sum(1 for reading in clocks.readings(incident, now) if reading.status == "breached"),
    )


def number(reference: str) -> int:
    """FB-2026-014 as 2026000014, so that references sort as numbers."""
    _, year, count = reference.split("-")
    return int(year) * 1_000_000 + int(count)


def _channel_row(incident: Incident, channel: str) -> dict[str, Any]:
    posted = min((s.at for s in incident.statements if s.channel == channel), default=None)
    return _row(incident.reference, channel=channel, first_response_at=posted)


def _step_rows(incident: Incident) -> list[dict[str, Any]]:
    names = ("role", "state", "critical", "due", "at", "person")
    current = (step for step in incident.steps.values() if step.current)
    return [_row(incident.reference, step=s.id, **{name: getattr(s, name) for name in names}) for s in current]


def _statement_rows(incident: Incident) -> list[dict[str, Any]]:
    names = ("seq", "channel", "at", "next_update_at")
    return [_row(incident.reference, **{name: getattr(s, name) for name in names}) for s in incident.statements]


def _action_rows(incident: Incident) -> list[dict[str, Any]]:
    names = ("what", "owner", "due", "outcome")
    told = incident.actions.values()
    return [_row(incident.reference, action=a.id, **{name: getattr(a, name) for name in names}) for a in told]


def write(connection: Connection, before: Rows, after: Rows) -> None:
    """Bring the tables from one state to the other."""
    for model in TABLES:
        table = models.table(model)
        old, new = before.get(table.name, {}), after[table.name]
        for key in old.keys() - new.keys():
            connection.execute(sa.delete(table).where(_is(table, key)))
        for key in old.keys() & new.keys():
            if old[key] != new[key]:
                connection.execute(sa.update(table).where(_is(table, key)).values(new[key]))
        fresh = [new[key] for key in new if key not in old]
        if fresh:
            connection.execute(sa.insert(table), fresh)


def _is(table: sa.Table, key: tuple[Any, ...]) -> Any:
    columns = list(table.primary_key.columns)
    return sa.and_(*(column == value for column, value in zip(columns, key, strict=False)))


def rewrite(connection: Connection, incident: Incident, now: datetime) -> None:
    """Throw the rows of one incident away and write them anew from its log."""
    for model in TABLES:
        table = models.table(model)
        connection.execute(sa.delete(table).where(table.c.reference == incident.reference))
    write(connection, {}, rows_of(incident, now))


def look_again(connection: Connection, now: datetime) -> None:
    """Have the worker look at every open incident at once: a setting that its alarms rest on has changed."""
    row = models.table(models.IncidentRow)
    connection.execute(sa.update(row).where(row.c.state == "open").values(next_due=now))
