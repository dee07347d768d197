"""What the log says, as rows for lists and figures: a pure function of the incident, written by difference."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from firebreak.domain import clocks
from firebreak.domain.incidents import Incident
from firebreak.store import models
from firebreak.store.uses import IncidentPlaybook

_UNKNOWN = object()
Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]
TABLES = (
    models.IncidentRow,
    models.IncidentMoment,
    models.IncidentChannel,
    models.IncidentPerson,
    models.IncidentStep,
    models.IncidentStatement,
    models.IncidentAction,
    IncidentPlaybook,
)


def rows_of(incident: Incident, now: datetime | None, known: Collection[str] = ()) -> Rows:
    """Table name -> primary key -> row. `now` only decides `next_due` and `breached`, and without it they are left
    out; so are the steps in `known`."""
    ref = incident.reference
    return {
        "incident": _keyed("reference", [_incident_row(incident, now)]) if incident.seq else {},
        "incident_moment": _keyed("moment", [_row(ref, moment=m, at=at) for m, at in incident.moments.items()]),
        "incident_channel": _keyed("channel", [_channel_row(incident, c) for c in incident.channels]),
        "incident_person": _keyed("role", [_person_row(ref, r, p) for r, p in incident.roles.items()]),
        "incident_step": _keyed("step", _step_rows(incident, known)),
        "incident_statement": _keyed("seq", _statement_rows(incident)),
        "incident_action": _keyed("action", _action_rows(incident)),
        "incident_playbook": _keyed("hash", _playbook_rows(incident)),
    }


def _keyed(part: str, rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {(row["reference"], row[part]): row for row in rows}


def _row(reference: str, **values: Any) -> dict[str, Any]:
    return {"reference": reference, **values}


def _incident_row(incident: Incident, now: datetime | None) -> dict[str, Any]:
    return _row(
        incident.reference,
        number=number(incident.reference),
        head_seq=incident.seq,
        title=incident.title,
        state=incident.state,
        severity=incident.severity,
        scenario=incident.playbook.scenario if incident.playbook else None,
        judged=incident.judged,
        language=incident.language,
        exercise=incident.exercise,
        outcome=incident.outcome,
        lead=incident.lead,
        opened_by=incident.opened_by,
        opened_at=incident.opened_at,
        open_critical=len(incident.open_critical),
        **(_of_the_time(incident, now) if now else {}),
    )


def _of_the_time(incident: Incident, now: datetime) -> dict[str, Any]:
    read = clocks.readings(incident, now)
    breached = sum(1 for reading in read if reading.status == "breached")
    return {"next_due": clocks.next_alarm(incident, now, read), "breached": breached}


def number(reference: str) -> int:
    """FB-2026-014 as 2026000014, so that references sort as numbers."""
    _, year, count = reference.split("-")
    return int(year) * 1_000_000 + int(count)


def _channel_row(incident: Incident, channel: str) -> dict[str, Any]:
    posted = min((s.at for s in incident.statements if s.channel == channel), default=None)
    return _row(incident.reference, channel=channel, number=number(incident.reference), first_response_at=posted)


def _person_row(reference: str, role: str, person: int) -> dict[str, Any]:
    return _row(reference, role=role, number=number(reference), person=person)


def _step_rows(incident: Incident, known: Collection[str]) -> list[dict[str, Any]]:
    names = ("role", "state", "critical", "due", "at", "person")
    current = (step for step in incident.steps.values() if step.current and step.id not in known)
    return [_row(incident.reference, step=s.id, **{name: getattr(s, name) for name in names}) for s in current]


def _statement_rows(incident: Incident) -> list[dict[str, Any]]:
    names = ("seq", "channel", "at", "next_update_at")
    return [_row(incident.reference, **{name: getattr(s, name) for name in names}) for s in incident.statements]


def _action_rows(incident: Incident) -> list[dict[str, Any]]:
    names = ("what", "owner", "due", "outcome")
    told = incident.actions.values()
    return [_row(incident.reference, action=a.id, **{name: getattr(a, name) for name in names}) for a in told]


def _playbook_rows(incident: Incident) -> list[dict[str, Any]]:
    names, ref = ("hash", "scenario", "language", "at"), incident.reference
    whole = {"number": number(ref), "exercise": incident.exercise}
    return [_row(ref, **whole, **{name: getattr(each, name) for name in names}) for each in incident.chosen]


def follow(connection: Connection, before: Incident, after: Incident, now: datetime) -> None:
    """Bring the tables from one state of an incident to a later one. What hangs on the time may have been put right
    meanwhile, so it is always written."""
    known = {id for id, step in after.steps.items() if step is before.steps.get(id)}
    write(connection, rows_of(before, None, known), rows_of(after, now, known))


def write(connection: Connection, before: Rows, after: Rows) -> None:
    """Bring the tables from one state to the other."""
    for model in TABLES:
        name = model.__tablename__
        old, new = before.get(name, {}), after[name]
        if old == new:
            continue
        for key in old.keys() - new.keys():
            connection.execute(_statement(model, sa.delete), _named(key))
        for key in old.keys() & new.keys():
            changed = {column: value for column, value in new[key].items() if old[key].get(column, _UNKNOWN) != value}
            if changed:
                connection.execute(_statement(model, sa.update), _named(key) | changed)
        fresh = [new[key] for key in new if key not in old]
        if fresh:
            connection.execute(sa.insert(models.table(model)), fresh)


@cache
def _statement(model: type[Any], verb: Callable[[sa.Table], Any]) -> Any:
    """UPDATE or DELETE of one row by its key, spelt out once; the columns to set come with the values."""
    table = models.table(model)
    columns = enumerate(table.primary_key.columns)
    return verb(table).where(*(column == sa.bindparam(f"key_{place}") for place, column in columns))


def _named(key: tuple[Any, ...]) -> dict[str, Any]:
    return {f"key_{place}": value for place, value in enumerate(key)}


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
