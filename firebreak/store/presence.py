"""Who looks at which room now: a row a person and room, forgotten a minute after the last sign. Never in the log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Text
from sqlalchemy.orm import Mapped, mapped_column

from firebreak.store import Base, db, engine
from firebreak.store.accounts import Account
from firebreak.store.engine import WRITES
from firebreak.store.log import REFERENCE
from firebreak.store.models import Stream
from firebreak.store.types import BigId, utc

GONE_AFTER = timedelta(seconds=60)
SEEN_AT_MOST_EVERY = timedelta(seconds=20)
"""A sign that comes sooner than this after the one before is not written: a person may have many pages open."""


class Presence(Base):
    """A person in a room. Written often and worth nothing a minute later, so it is in no backup."""

    __tablename__ = "presence"
    reference: Mapped[str] = mapped_column(Text, primary_key=True)
    account_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    seen_at: Mapped[utc]


def come(reference: str, account: int, now: datetime) -> bool:
    """Note that this person is there; True when they were not a moment ago. LookupError: no such incident."""
    if not REFERENCE.fullmatch(reference):
        raise LookupError(reference)
    with db.engine.connect() as connection:
        found = connection.execute(_seen(reference, account)).first()
    if found is None:
        raise LookupError(reference)
    seen = found.seen_at
    if seen is not None and seen > now - SEEN_AT_MOST_EVERY:
        return False
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        _write(connection, reference, account, now)
        connection.execute(sa.delete(Presence).where(Presence.seen_at <= now - GONE_AFTER))
    return bool(seen is None or seen <= now - GONE_AFTER)


def _seen(reference: str, account: int) -> sa.Select[Any]:
    """One row for every incident there is: the time of the last sign, or nothing."""
    theirs = sa.and_(Presence.reference == Stream.name, Presence.account_id == account)
    return sa.select(Presence.seen_at).select_from(Stream).outerjoin(Presence, theirs).where(Stream.name == reference)


def _write(connection: Connection, reference: str, account: int, now: datetime) -> None:
    new = engine.insert(Presence, connection.dialect.name).values(reference=reference, account_id=account, seen_at=now)
    again = new.on_conflict_do_update(index_elements=["reference", "account_id"], set_={"seen_at": now})
    connection.execute(again)


def leave(reference: str, account: int) -> bool:
    """Forget that this person is there; False when they were not, or there is no such incident."""
    if not REFERENCE.fullmatch(reference):
        return False
    theirs = sa.delete(Presence).where(Presence.reference == reference, Presence.account_id == account)
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        return connection.execute(theirs).rowcount == 1


def others(reference: str, account: int, now: datetime) -> list[str]:
    """The names of everybody else there, in alphabetical order."""
    found = (
        sa.select(Account.name)
        .join(Presence, Presence.account_id == Account.id)
        .where(Presence.reference == reference, Presence.account_id != account)
        .where(Presence.seen_at > now - GONE_AFTER, Account.active.is_(True))
        .order_by(Account.name, Account.id)
    )
    with db.engine.connect() as connection:
        return list(connection.execute(found).scalars())
