"""Saved playbook texts: every version that was in good order, and the last good one of each file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from firebreak.store import db
from firebreak.store.engine import WRITES, insert_once
from firebreak.store.models import PlaybookInUse, PlaybookVersion


@dataclass(frozen=True)
class Version:
    """A text that parsed once: `path` is `en/angry-backlash.md`, `hash` the SHA-256 (hex) of the bytes of `source`."""

    path: str
    hash: str
    source: str


def in_use() -> dict[str, str]:
    """File -> hash of its last good version."""
    with db.engine.connect() as connection:
        return {row.path: row.hash for row in connection.execute(sa.select(PlaybookInUse.path, PlaybookInUse.hash))}


def load(hash: str) -> Version | None:
    """The version of that content hash; None when it was never saved."""
    found = sa.select(PlaybookVersion.path, PlaybookVersion.hash, PlaybookVersion.source)
    with db.engine.connect() as connection:
        row = connection.execute(found.where(PlaybookVersion.hash == hash)).first()
    return Version(row.path, row.hash, row.source) if row else None


def keep(connection: Connection, version: Version, now: datetime) -> None:
    """Save a version once, inside the caller's transaction."""
    insert_once(connection, PlaybookVersion, hash=version.hash, path=version.path, source=version.source, saved_at=now)


def use(versions: Iterable[Version], now: datetime) -> None:
    """Save these versions and note them as the last good ones of their files. A connection of its own, for writing."""
    noted = in_use()
    changed = [version for version in versions if noted.get(version.path) != version.hash]
    if not changed:
        return
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        for version in changed:
            keep(connection, version, now)
            _note(connection, version, now)


def _note(connection: Connection, version: Version, now: datetime) -> None:
    """Two processes may note at once: the row is made first, then moved."""
    insert_once(connection, PlaybookInUse, path=version.path, hash=version.hash, since=now)
    here = sa.update(PlaybookInUse).where(PlaybookInUse.path == version.path, PlaybookInUse.hash != version.hash)
    connection.execute(here.values(hash=version.hash, since=now))
