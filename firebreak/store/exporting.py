"""One log as it is stored, read as of one instant, for an export and for holding an older export against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from firebreak.domain.events import Entry
from firebreak.store import db, models, reading
from firebreak.store.engine import snapshot


@dataclass(frozen=True)
class Stored:
    """A whole log. `rows` are the columns of `entry` with `salt` and `body` (canonical JSON, None when emptied);
    `entries` the same as domain entries; `head` the number and hash that the stream names."""

    rows: tuple[Mapping[str, Any], ...]
    entries: tuple[Entry, ...]
    head: tuple[int, str]


def stored(stream: str) -> Stored | None:
    """The log of a stream; None when there is none."""
    with db.engine.connect().execution_options(**snapshot(db.engine)) as connection, connection.begin():
        head = connection.execute(
            sa.select(models.Stream.seq, models.Stream.hash).where(models.Stream.name == stream)
        ).first()
        if head is None:
            return None
        found = sa.select(models.table(models.Entry), models.EntryBody.salt, models.EntryBody.body)
        found = found.outerjoin(models.EntryBody, models.EntryBody.entry_id == models.Entry.id)
        found = found.where(models.Entry.stream == stream).order_by(models.Entry.seq)
        rows = tuple(dict(row) for row in connection.execute(found).mappings())
        return Stored(rows, tuple(reading.entries(connection, stream)), (head.seq, head.hash))
