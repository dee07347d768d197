"""Stored rows as domain entries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from firebreak.domain.events import Entry, Event, EventKind, upcast
from firebreak.store import models

COLUMNS = (
    models.Entry.id,
    models.Entry.stream,
    models.Entry.seq,
    models.Entry.kind,
    models.Entry.version,
    models.Entry.at,
    models.Entry.recorded_at,
    models.Entry.actor,
    models.Entry.codes,
    models.Entry.audience,
    models.EntryBody.body,
)


def entries(connection: Connection, stream: str, after: int = 0) -> Iterator[Entry]:
    """The entries of a stream in order of `seq`, those after `after`. The one query that loads bodies."""
    found = sa.select(*COLUMNS).outerjoin(models.EntryBody, models.EntryBody.entry_id == models.Entry.id)
    found = found.where(models.Entry.stream == stream, models.Entry.seq > after).order_by(models.Entry.seq)
    return (entry_of(row) for row in connection.execute(found).all())


def entry_of(row: Any) -> Entry:
    """One row (of COLUMNS) as an entry; a body that was emptied leaves the codes."""
    kind = EventKind(row.kind)
    body = json.loads(row.body) if row.body is not None else {}
    data = upcast(row.kind, row.version, {**row.codes, **body})
    event = Event(kind, row.at, row.actor, data)
    erased = row.body is None
    return Entry(row.id, row.stream, row.seq, row.recorded_at, event, erased=erased, audience=row.audience)


def hash_at(connection: Connection, stream: str, seq: int) -> str | None:
    """The chain's hash after entry `seq`; None when there is no such entry."""
    found = sa.select(models.Entry.hash).where(models.Entry.stream == stream, models.Entry.seq == seq)
    return connection.execute(found).scalar()


def streams(connection: Connection) -> list[str]:
    """The names of all streams, the desk's included."""
    return list(connection.execute(sa.select(models.Stream.name).order_by(models.Stream.name)).scalars())
