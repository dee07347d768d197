"""Rows of the API's tokens. Writing happens on the connection of a change to the desk's log, but for `last_used_at`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from firebreak.store import db, models
from firebreak.store.accounts import ACCESS, Account
from firebreak.store.engine import WRITES
from firebreak.store.models import ApiToken

USED_AT_MOST_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Holder:
    """Who comes with a token. `person` is the account behind it, None for a token of the desk's own."""

    id: int
    name: str
    access: str
    person: int | None

    @property
    def actor(self) -> int:
        """How the log names it: minus the token's number, so that what a program did is not said to be a person's."""
        return -self.id

    def may(self, access: str) -> bool:
        """Whether it has at least this access."""
        return ACCESS.index(self.access) >= ACCESS.index(access)


def insert(connection: Connection, **values: Any) -> int:
    """A new token; its id."""
    made: Any = connection.execute(sa.insert(models.table(ApiToken)).values(values)).inserted_primary_key
    return int(made[0])


def find(connection: Connection, id: int) -> Row[Any] | None:
    """The row of a token, revoked or not."""
    return connection.execute(sa.select(models.table(ApiToken)).where(ApiToken.id == id)).first()


def revoke(connection: Connection, id: int, now: datetime) -> None:
    """It opens nothing any more."""
    connection.execute(sa.update(ApiToken).where(ApiToken.id == id).values(revoked_at=now))


def every() -> list[tuple[ApiToken, bool]]:
    """Every token there has been, the newest first, and whether it still opens anything."""
    works = sa.and_(ApiToken.revoked_at.is_(None), sa.or_(ApiToken.person.is_(None), Account.active.is_(True)))
    found = sa.select(ApiToken, works).outerjoin(Account, Account.id == ApiToken.person)
    return [(token, bool(open)) for token, open in db.session.execute(found.order_by(ApiToken.id.desc()))]


def use(token_hash: str, now: datetime) -> Holder | None:
    """Who holds this token, noting when it was last used; None when it opens nothing.

    A token goes no further than the person behind it: it ends with the account, and has at most its access.
    """
    with db.engine.connect() as connection:
        row = connection.execute(_columns().where(ApiToken.token_hash == token_hash)).first()
    if row is None or row.revoked_at or (row.person is not None and not row.active):
        return None
    if row.last_used_at is None or row.last_used_at <= now - USED_AT_MOST_EVERY:
        _note(row.id, now)
    access = row.access if row.person is None else min(row.access, row.limit, key=ACCESS.index)
    return Holder(row.id, row.name, access, row.person)


def _columns() -> Any:
    behind = (Account.access.label("limit"), Account.active)
    return sa.select(*models.table(ApiToken).columns, *behind).outerjoin(Account, Account.id == ApiToken.person)


def _note(id: int, now: datetime) -> None:
    """One write a minute at most, however many threads see that it is due."""
    due = sa.or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= now - USED_AT_MOST_EVERY)
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        connection.execute(sa.update(ApiToken).where(ApiToken.id == id, due).values(last_used_at=now))
