"""Saved playbook texts: every version that was in good order, and the last good one of each file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from firebreak.store import Base, db
from firebreak.store.engine import WRITES, insert_once
from firebreak.store.types import text, utc


class PlaybookVersion(Base):
    """The exact text of a playbook that was in good order, by content hash. `saved_by` is the account that wrote it in
    the browser; None for a file that was found in a folder."""

    __tablename__ = "playbook_version"
    __table_args__ = (Index("playbook_version_by_path", "path", "saved_at"),)
    hash: Mapped[str] = mapped_column(Text, primary_key=True)
    path: Mapped[text]
    source: Mapped[text]
    saved_at: Mapped[utc]
    saved_by: Mapped[int | None]


class PlaybookInUse(Base):
    """The last good version of each playbook file, for every process and after a restart."""

    __tablename__ = "playbook_in_use"
    path: Mapped[str] = mapped_column(Text, primary_key=True)
    hash: Mapped[text]
    since: Mapped[utc]


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


def keep(connection: Connection, version: Version, now: datetime, by: int | None = None) -> None:
    """Save a version once, inside the caller's transaction."""
    said = {"hash": version.hash, "path": version.path, "source": version.source}
    insert_once(connection, PlaybookVersion, **said, saved_at=now, saved_by=by)


def use(versions: Iterable[Version], now: datetime, by: int | None = None) -> None:
    """Save these versions and note them as the last good ones of their files. A connection of its own, for writing.

    `by` is the account that wrote them, where one did."""
    noted = in_use()
    changed = [version for version in versions if noted.get(version.path) != version.hash]
    if not changed:
        return
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        for version in changed:
            keep(connection, version, now, by)
            _note(connection, version, now)


def _note(connection: Connection, version: Version, now: datetime) -> None:
    """Two processes may note at once: the row is made first, then moved."""
    insert_once(connection, PlaybookInUse, path=version.path, hash=version.hash, since=now)
    here = sa.update(PlaybookInUse).where(PlaybookInUse.path == version.path, PlaybookInUse.hash != version.hash)
    connection.execute(here.values(hash=version.hash, since=now))


@dataclass(frozen=True)
class Saved:
    """A version of a file, without its text: when it was first saved, and by which account where one wrote it here."""

    hash: str
    at: datetime
    by: int | None


def saved(path: str) -> list[Saved]:
    """Every version of the file `en/angry-backlash.md`, the newest first."""
    kept = PlaybookVersion
    found = sa.select(kept.hash, kept.saved_at, kept.saved_by).where(kept.path == path)
    with db.engine.connect() as connection:
        rows = connection.execute(found.order_by(kept.saved_at.desc(), kept.hash))
        return [Saved(row.hash, row.saved_at, row.saved_by) for row in rows]
