"""Rows of people and of their one-time links. Writing happens on the connection of a change to the desk's log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from firebreak.domain.events import EventKind
from firebreak.store import db, models
from firebreak.store.accounts import Account

accounts = models.table(Account)


def there_are_none(connection: Connection) -> bool:
    """Whether nobody has ever had an account."""
    return connection.execute(sa.select(Account.id).limit(1)).first() is None


def nobody_yet() -> bool:
    """As `there_are_none`, for pages and the command line."""
    return there_are_none(db.session.connection())


def find(connection: Connection, id: int) -> Row[Any] | None:
    """The row of a person who was not erased."""
    return connection.execute(sa.select(accounts).where(Account.id == id, Account.erased_at.is_(None))).first()


def by_email(email: str) -> Account | None:
    """The account with this address, in any case of letters."""
    return db.session.scalar(sa.select(Account).where(sa.func.lower(Account.email) == email.lower()))


def get(id: int) -> Account | None:
    """The account of a person who was not erased."""
    return db.session.scalar(sa.select(Account).where(Account.id == id, Account.erased_at.is_(None)))


def get_new(id: int) -> Account | None:
    """As `get`, after a change in the same request: a session that has read before would not see it on SQLite."""
    db.session.rollback()
    return get(id)


def email_taken(connection: Connection, email: str, but: int = 0) -> bool:
    """Whether another account than `but` has this address."""
    taken = sa.select(Account.id).where(sa.func.lower(Account.email) == email.lower(), Account.id != but)
    return connection.execute(taken).first() is not None


def is_last_administrator(connection: Connection, id: int) -> bool:
    """Whether this is the only administrator who can still sign in."""
    active = sa.select(Account.id).where(Account.access == "administrator", Account.active.is_(True))
    return list(connection.execute(active).scalars()) == [id]


def insert(connection: Connection, **values: Any) -> int:
    """A new account; its id."""
    made: Any = connection.execute(sa.insert(accounts).values(values)).inserted_primary_key
    return int(made[0])


def update(connection: Connection, id: int, **values: Any) -> None:
    """Set columns of an account."""
    connection.execute(sa.update(accounts).where(accounts.c.id == id).values(values))


def entries_about(connection: Connection, id: int) -> list[int]:
    """Entries of the desk's log whose body names this person."""
    found = sa.select(models.Entry.seq, models.Entry.codes)
    found = found.where(models.Entry.stream == "desk", models.Entry.kind == EventKind.PERSON_ADDED)
    return [row.seq for row in connection.execute(found) if (row.codes or {}).get("person") == id]


# --- links that work once --------------------------------------------------------------------------


def void_links(connection: Connection, purposes: tuple[str, ...], account_id: int | None) -> None:
    """Make the unused links of these purposes worthless."""
    links = sa.delete(models.OneTimeLink).where(
        models.OneTimeLink.purpose.in_(purposes),
        models.OneTimeLink.account_id.is_not_distinct_from(account_id),
        models.OneTimeLink.used_at.is_(None),
    )
    connection.execute(links)


def add_link(
    connection: Connection, token_hash: str, purpose: str, account_id: int | None, now: datetime, expires_at: datetime
) -> None:
    """Keep the hash of a link."""
    row = {"token_hash": token_hash, "purpose": purpose, "account_id": account_id}
    connection.execute(sa.insert(models.OneTimeLink).values(**row, made_at=now, expires_at=expires_at))


def link(token_hash: str, now: datetime) -> models.OneTimeLink | None:
    """A link that still works."""
    usable = sa.select(models.OneTimeLink).where(
        models.OneTimeLink.token_hash == token_hash,
        models.OneTimeLink.used_at.is_(None),
        models.OneTimeLink.expires_at > now,
    )
    return db.session.scalar(usable)


def use_link(connection: Connection, token_hash: str, now: datetime) -> Row[Any] | None:
    """Use a link up: its purpose and account_id, or None when it no longer works. Only one of two racers gets it."""
    used = (
        sa.update(models.OneTimeLink)
        .where(models.OneTimeLink.token_hash == token_hash)
        .where(models.OneTimeLink.used_at.is_(None), models.OneTimeLink.expires_at > now)
        .values(used_at=now)
    )
    found: Any = connection.execute(used.returning(models.OneTimeLink.purpose, models.OneTimeLink.account_id)).first()
    return found  # type: ignore[no-any-return]
