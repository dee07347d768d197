"""Reading, as named functions. Everything a list, a search or a figure needs; the room folds the log instead."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from firebreak.store import db, finding, models, reading
from firebreak.store import settings as desk_settings
from firebreak.store.accounts import Account

WORKER_SILENT_AFTER = timedelta(seconds=90)


def settings() -> dict[str, Any]:
    """The desk's settings (see `firebreak.store.settings.DEFAULTS`).

    Like `due_incidents` on a connection of its own: on SQLite a session that has read once sees nothing newer.
    """
    with db.engine.connect() as connection:
        return desk_settings.read(connection)


def people(only_active: bool = False) -> list[Account]:
    """Everybody with an account, by name; erased people left out."""
    found = sa.select(Account).where(Account.erased_at.is_(None)).order_by(Account.name, Account.id)
    return list(db.session.scalars(found.where(Account.active.is_(True)) if only_active else found))


def everybody() -> dict[int, tuple[str, bool]]:
    """Account id -> name, and whether this person can still be given work, by name; erased people included."""
    here = sa.and_(Account.active, Account.erased_at.is_(None)).label("here")
    found = sa.select(Account.id, Account.name, here).order_by(Account.name, Account.id)
    return {row.id: (row.name, bool(row.here)) for row in db.session.execute(found)}


def can_work(person: int) -> bool:
    """Whether this account is active and may work incidents: only then can it be given a role or a step."""
    found = db.session.get(Account, person, populate_existing=True)
    return found is not None and found.may("responder")


def names(ids: Iterable[int | None] | None = None) -> dict[int, str]:
    """Account id -> name, erased people included (as they are called now); minus a token's id -> its name."""
    people = sa.select(Account.id.label("id"), Account.name.label("name"))
    tokens = sa.select((-models.ApiToken.id).label("id"), models.ApiToken.name.label("name"))
    if ids is not None:
        wanted = {id for id in ids if id is not None}
        people, tokens = people.where(Account.id.in_(wanted)), tokens.where((-models.ApiToken.id).in_(wanted))
    return {row.id: row.name for row in db.session.execute(people.union_all(tokens))}


def incidents(*, state: str = "", limit: int = finding.PAGE) -> list[models.IncidentRow]:
    """The newest first; `store.finding` narrows them further."""
    return finding.incidents(finding.Wanted(state=state), limit=limit)


def moments(references: Iterable[str], names: Iterable[str] | None = None) -> dict[str, dict[str, datetime]]:
    """Reference -> moment -> time, for the rows of a list; all moments, or those of these names."""
    kept = models.IncidentMoment
    query = sa.select(kept.reference, kept.moment, kept.at).where(kept.reference.in_(list(references)))
    query = query.where(kept.moment.in_(list(names))) if names is not None else query
    found: dict[str, dict[str, datetime]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.reference, {})[row.moment] = row.at
    return found


def due_incidents(now: datetime) -> list[str]:
    """References of open incidents whose next alarm may have come."""
    found = sa.select(models.IncidentRow.reference).where(
        models.IncidentRow.state == "open", models.IncidentRow.next_due <= now
    )
    with db.engine.connect() as connection:
        return list(connection.execute(found.order_by(models.IncidentRow.next_due)).scalars())


def deliveries(reference: str) -> list[models.Delivery]:
    """What was sent about an incident, newest first."""
    found = sa.select(models.Delivery).where(models.Delivery.reference == reference)
    return list(db.session.scalars(found.order_by(models.Delivery.id.desc())))


def worker_seen_at() -> datetime | None:
    """When a worker was last alive; None when there has never been one."""
    return db.session.scalar(sa.select(sa.func.max(models.WorkerBeat.at)).select_from(models.WorkerBeat))


def worker_is_silent(now: datetime) -> bool:
    """Whether no worker has been heard of for 90 seconds."""
    seen = worker_seen_at()
    return seen is None or abs(now - seen) > WORKER_SILENT_AFTER


def channels_by_use() -> list[str]:
    """Channels by how many incidents they were affected in, most first."""
    channel, uses = models.IncidentChannel.channel, sa.func.count()
    return list(db.session.scalars(sa.select(channel).group_by(channel).order_by(uses.desc(), channel)))


def open_actions() -> list[tuple[models.IncidentAction, models.IncidentRow]]:
    """Every action that is not closed, with its incident: the longest overdue first, those without a date last."""
    action, row = models.IncidentAction, models.IncidentRow
    found = sa.select(action, row).join(row, row.reference == action.reference).where(action.outcome.is_(None))
    ordered = found.order_by(action.due.is_(None), action.due, row.number, action.action)
    return [(each[0], each[1]) for each in db.session.execute(ordered)]


def earlier_moments(reference: str) -> list[dict[str, datetime]]:
    """The moments of each other incident that was real, over and resolved. Exercises are no measure of anything."""
    moment, row = models.IncidentMoment, models.IncidentRow
    real = sa.and_(row.exercise.is_(False), row.outcome == "resolved", row.reference != reference)
    query = sa.select(moment).join(row, row.reference == moment.reference).where(real)
    found: dict[str, dict[str, datetime]] = {}
    for each in db.session.scalars(query):
        found.setdefault(each.reference, {})[each.moment] = each.at
    return list(found.values())


def hash_at(reference: str, seq: int) -> str:
    """The chain's hash after entry `seq`, to be printed; "" when there is no such entry."""
    with db.engine.connect() as connection:
        return reading.hash_at(connection, reference, seq) or ""
