"""The outbox and what became of it: routed once, leased to one sender at a time, every result kept.

Every claim is a conditional write, so two workers may do the same thing at once and one of them is told that it lost.
Nothing here waits for a network: a lease is taken, committed, and settled in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from firebreak.domain.events import Entry
from firebreak.store import db, models, reading, versions
from firebreak.store import settings as desk_settings
from firebreak.store.accounts import Account
from firebreak.store.engine import WRITES, insert_once

AWAY = (OperationalError, InterfaceError)
"""What a database that is away or locked raises: nothing is wrong with the row at hand."""
UNUSABLE = SQLAlchemyError

LEASE = timedelta(minutes=2)
"""After this somebody else may send: the time a killed worker delays a message. A slower sending may go out twice."""
BEATS_KEPT = timedelta(days=1)
PASS = 100
"""Rows taken in one go."""

OPEN_STATES = ("pending", "sending")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A commit that nobody has been told of yet: entries `first_seq` to `last_seq` of `stream`."""

    id: int
    stream: str
    first_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that is ours to send until the lease ends. `tries` counts this one."""

    id: int
    key: str
    reference: str
    kind: str
    first_seq: int
    last_seq: int
    channel: str
    account_id: int | None
    tries: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a message may go to. `language` and `zone` are "" for the desk's own."""

    id: int
    name: str
    email: str
    access: str
    language: str
    zone: str
    clock: str
    reachable: bool


@contextmanager
def _writing() -> Iterator[Connection]:
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        yield connection


# --- routing ---------------------------------------------------------------------------------------


def waiting(without: Iterable[int] = ()) -> list[Waiting]:
    """Commits not yet routed, oldest first."""
    box = models.Outbox
    found = sa.select(box.id, box.stream, box.first_seq, box.last_seq).where(box.routed_at.is_(None))
    found = found.where(box.id.not_in(list(without))).order_by(box.id).limit(PASS)
    with db.engine.connect() as connection:
        return [Waiting(*row) for row in connection.execute(found)]


def route(row: Waiting, kind: str, receivers: Iterable[tuple[str, int | None]], now: datetime) -> bool:
    """Mark the commit as routed and put one delivery for each (channel, account id). False when another was first."""
    box = models.Outbox
    claim = sa.update(box).where(box.id == row.id, box.routed_at.is_(None)).values(routed_at=now)
    with _writing() as connection:
        if connection.execute(claim).rowcount != 1:
            return False
        for channel, account_id in receivers:
            insert_once(connection, models.Delivery, **_delivery(row, kind, channel, account_id, now))
    return True


def _delivery(row: Waiting, kind: str, channel: str, account_id: int | None, now: datetime) -> dict[str, Any]:
    return {
        "key": f"outbox-{row.id}:{channel}:{account_id or ''}",
        "reference": row.stream,
        "kind": kind,
        "first_seq": row.first_seq,
        "last_seq": row.last_seq,
        "channel": channel,
        "account_id": account_id,
        "state": "pending",
        "tries": 0,
        "created_at": now,
        "next_try_at": now,
    }


# --- sending ---------------------------------------------------------------------------------------


def due(now: datetime) -> list[int]:
    """Ids of deliveries to try now, expired leases of dead workers included."""
    found = sa.select(models.Delivery.id).where(*_due(now)).order_by(models.Delivery.next_try_at, models.Delivery.id)
    with db.engine.connect() as connection:
        return list(connection.execute(found.limit(PASS)).scalars())


def _due(now: datetime) -> tuple[Any, ...]:
    """A lease that ends later than any that could be given now was taken before the clock was set back."""
    row = models.Delivery
    stale = sa.and_(row.state == "sending", row.next_try_at > now + LEASE)
    return row.state.in_(OPEN_STATES), sa.or_(row.next_try_at <= now, stale)


def lease(id: int, now: datetime) -> Leased | None:
    """Take a due delivery for LEASE; None when another worker has it, or it is done."""
    row = models.Delivery
    taken = sa.update(row).where(row.id == id, *_due(now))
    taken = taken.values(state="sending", tries=row.tries + 1, next_try_at=now + LEASE)
    columns = [getattr(row, name) for name in Leased.__dataclass_fields__]
    with _writing() as connection:
        found = connection.execute(taken.returning(*columns)).first()
    return Leased(*found) if found else None


def settle(taken: Leased, state: str, reason: str | None, now: datetime, next_try_at: datetime | None = None) -> None:
    """Write the result of one try; passed over when the lease had ended and another worker took it since."""
    row = models.Delivery
    ours = sa.update(row).where(row.id == taken.id, row.state == "sending", row.tries == taken.tries)
    done = None if next_try_at else now
    with _writing() as connection:
        connection.execute(ours.values(state=state, reason=reason, next_try_at=next_try_at, done_at=done))


# --- what a message needs --------------------------------------------------------------------------


def entries(stream: str, first_seq: int, last_seq: int) -> list[Entry]:
    """The entries of one commit."""
    with db.engine.connect() as connection:
        return [entry for entry in reading.entries(connection, stream, first_seq - 1) if entry.seq <= last_seq]


def people() -> dict[int, Person]:
    """Everybody who has or had an account; `reachable` when neither disabled nor erased."""
    names = ("id", "name", "email", "access", "language", "zone", "clock")
    reachable = sa.and_(Account.active.is_(True), Account.erased_at.is_(None))
    found = sa.select(*(getattr(Account, name) for name in names), reachable.label("reachable"))
    with db.engine.connect() as connection:
        return {row.id: Person(**row._mapping) for row in connection.execute(found)}


def settings() -> Mapping[str, Any]:
    """The desk's settings, read outside any session."""
    with db.engine.connect() as connection:
        return desk_settings.read(connection)


def playbook_source(hash: str) -> str | None:
    """The Markdown of a playbook version; None when it was never stored."""
    version = versions.PlaybookVersion
    with db.engine.connect() as connection:
        return connection.execute(sa.select(version.source).where(version.hash == hash)).scalar()


# --- the worker itself -----------------------------------------------------------------------------


def beat(name: str, now: datetime) -> None:
    """Say that this worker is alive, and forget workers not heard of for a day."""
    row = models.WorkerBeat
    with _writing() as connection:
        if connection.execute(sa.update(row).where(row.name == name).values(at=now)).rowcount == 0:
            insert_once(connection, row, name=name, at=now)
        connection.execute(sa.delete(row).where(row.at < now - BEATS_KEPT))


def look_again(connection: Connection, reference: str, at: datetime | None) -> None:
    """Put right the hint of when an incident is to be looked at, inside the caller's transaction."""
    row = models.IncidentRow
    connection.execute(sa.update(row).where(row.reference == reference).values(next_due=at))
