"""Facts about evidence files."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from firebreak.store import db, models
from firebreak.store.engine import WRITES, insert_once


def remember(sha256: str, size: int, media_type: str, now: datetime) -> None:
    """A file whose bytes are in place. Stored again after an erasure, it is there again."""
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        insert_once(connection, models.File, sha256=sha256, size=size, media_type=media_type, stored_at=now)
        connection.execute(sa.update(models.File).where(models.File.sha256 == sha256).values(erased_at=None))


def find(sha256: str) -> models.File | None:
    """The facts of a file; None when it was never kept."""
    return db.session.get(models.File, sha256)


def is_named(sha256: str) -> bool:
    """Whether an entry that still has its body names this file."""
    named = sa.select(models.Entry.codes).join(models.EntryBody, models.EntryBody.entry_id == models.Entry.id)
    named = named.where(models.EntryBody.body.is_not(None), models.Entry.kind == "note:added")
    with db.engine.connect() as connection:
        rows = connection.execute(named).scalars()
        return any(file["sha256"] == sha256 for codes in rows for file in codes.get("files", ()))


def mark_erased(sha256: str, now: datetime) -> None:
    """Its bytes are gone for good."""
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        connection.execute(sa.update(models.File).where(models.File.sha256 == sha256).values(erased_at=now))
