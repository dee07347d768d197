"""Looking after the desk from the shell: set-up, verify, rebuild, erase by word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unicodedata import normalize

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from firebreak.config import ConfigError
from firebreak.domain.events import EventKind
from firebreak.domain.folding import replay
from firebreak.store import chain, db, engine, faults, models, projections, reading, search
from firebreak.store.engine import WRITES, snapshot
from firebreak.store.log import DESK

_VERSION = re.compile(r"^revision = \"(\w+)\"", re.MULTILINE)
_FOLLOWED = re.compile(r"^down_revision = \"(\w+)\"", re.MULTILINE)
ERASURES = (EventKind.ENTRY_ERASED, EventKind.PERSON_ERASED)


def migrate() -> None:
    """Bring the database to today's shape. ConfigError with one line when it cannot be reached or written."""
    try:
        engine.make(db.engine)
        if _version() != newest(Path(current_app.config["MIGRATIONS"])):
            _upgrade()
        _fill_search()
    except (DBAPIError, OSError) as error:
        url = db.engine.url.render_as_string(hide_password=True)
        raise ConfigError(f"cannot use the database {url}: {faults.line(error)}") from None


def _version() -> str | None:
    """The database's version; None when it is empty."""
    with db.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def newest(migrations: Path) -> str:
    """The version that no other one follows, read from the files: loading Alembic is a fifth of a start."""
    texts = [path.read_text(encoding="utf-8") for path in (migrations / "versions").glob("*.py")]
    versions: set[str] = {found for text in texts for found in _VERSION.findall(text)}
    (head,) = versions - {found for text in texts for found in _FOLLOWED.findall(text)}
    return head


def _upgrade() -> None:
    import flask_migrate

    use_migrations(current_app._get_current_object())  # type: ignore[attr-defined]
    flask_migrate.upgrade(directory=current_app.config["MIGRATIONS"])


def _fill_search() -> None:
    """A desk from before there was a search gets its words from the log."""
    with db.engine.connect() as connection:
        missing = search.is_missing(connection)
    if missing:
        with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
            find_anew(connection)


def find_anew(connection: Connection) -> None:
    """Write the search anew from every log."""
    search.sweep(connection)
    for stream in reading.streams(connection):
        if stream != DESK:
            search.renew(connection, replay(reading.entries(connection, stream), stream))


def use_migrations(app: Flask) -> None:
    """Teach the app the `db` commands of Flask-Migrate."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=app.config["MIGRATIONS"], render_as_batch=True)


@dataclass(frozen=True)
class Finding:
    """What `verify` says of one stream: its length, erased bodies, head hash, and what is broken ("" when nothing)."""

    stream: str
    entries: int
    erased: int
    head: str
    broken: str = ""


def verify() -> Iterator[Finding]:
    """Walk every chain: header, digest, link, gap, head and projections, as of one instant."""
    with db.engine.connect().execution_options(**snapshot(db.engine)) as connection:
        yield from findings(connection)


def findings(connection: Connection) -> Iterator[Finding]:
    """`verify` within somebody else's transaction."""
    for stream in reading.streams(connection):
        yield _verify(connection, stream)
    for stream in _without_head(connection):
        yield Finding(stream, 0, 0, "", "entries without a stream")


def _without_head(connection: Connection) -> list[str]:
    known = sa.select(models.Stream.name)
    lost = sa.select(models.Entry.stream).distinct().where(models.Entry.stream.not_in(known))
    return list(connection.execute(lost).scalars())


def _verify(connection: Connection, stream: str) -> Finding:
    rows = connection.execute(
        sa.select(models.table(models.Entry), models.EntryBody.salt, models.EntryBody.body)
        .outerjoin(models.EntryBody, models.EntryBody.entry_id == models.Entry.id)
        .where(models.Entry.stream == stream)
        .order_by(models.Entry.seq)
    ).mappings()
    previous, count, emptied = chain.GENESIS, 0, set[int]()
    told = _told_erased(connection, stream)
    for row in rows:
        count += 1
        emptied |= {row["seq"]} if row["body"] is None else set()
        broken = _fault(dict(row), count, previous, told)
        if broken:
            return Finding(stream, count, len(emptied), previous, f"entry {row['seq']}: {broken}")
        previous = row["hash"]
    return Finding(stream, count, len(emptied), previous, _head_fault(connection, stream, count, previous))


def _told_erased(connection: Connection, stream: str) -> set[int]:
    """The entries that the log itself says were erased: nobody empties a text in silence."""
    told = sa.select(models.Entry.codes).where(models.Entry.stream == stream, models.Entry.kind.in_(ERASURES))
    return {
        seq
        for codes in connection.execute(told).scalars()
        for key in ("targets", "entries")
        for seq in codes.get(key, ())
    }


def _fault(row: dict[str, object], count: int, previous: str, told: set[int]) -> str:
    if row["seq"] != count:
        return f"entry {count} is missing"
    if chain.link(previous, row) != row["hash"]:
        return "its header or its place in the chain was changed"
    if row["body"] is not None and chain.digest(str(row["salt"]), str(row["body"])) != row["digest"]:
        return "its text was changed"
    if row["body"] is None and row["salt"] is not None:
        return "its text is gone but its salt is not"
    if row["body"] is None and count not in told:
        return "its text was emptied, and the log does not say so"
    return ""


def _head_fault(connection: Connection, stream: str, count: int, head: str) -> str:
    row = connection.execute(sa.select(models.Stream).where(models.Stream.name == stream)).first()
    if row is None or (row.seq, row.hash) != (count, head):
        return "the tail was cut: the head names a later entry"
    return "" if stream == DESK else _projection_fault(connection, stream)


def _projection_fault(connection: Connection, stream: str) -> str:
    incident = replay(reading.entries(connection, stream), stream)
    row = connection.execute(sa.select(models.IncidentRow).where(models.IncidentRow.reference == stream)).first()
    if row is None or (row.state, row.severity, row.head_seq) != (incident.state, incident.severity, incident.seq):
        return "the lists do not agree with the log: run `firebreak rebuild`"
    return ""


def entry_of(head: str) -> str | None:
    """The entry, such as FB-2026-014#7, whose hash begins so; None when a log that had it was cut or replaced."""
    named = sa.select(models.Entry.stream, models.Entry.seq).where(models.Entry.hash.startswith(head, autoescape=True))
    with db.engine.connect() as connection:
        row = connection.execute(named).first()
    return f"{row.stream}#{row.seq}" if row else None


def against(reference: str, known: Mapping[int, str]) -> str:
    """What is wrong with a log, held against what was once exported of it (number of entry -> hash); "" when nothing.

    It may have grown since. Emptied texts are no matter here: `verify` says whether the log tells of them.
    """
    found = sa.select(models.Entry.seq, models.Entry.hash).where(models.Entry.stream == reference)
    with db.engine.connect() as connection:
        here = {row.seq: row.hash for row in connection.execute(found)}
    changed = next((seq for seq, hash in sorted(known.items()) if here.get(seq, hash) != hash), None)
    if changed:
        return f"entry {changed} was rewritten: the file has another hash"
    if not here:
        return "there is no such log here"
    missing = min((seq for seq in known if seq not in here), default=None)
    return f"the tail was cut: entry {missing} and what followed are gone" if missing else ""


def rebuild(now: datetime) -> int:
    """Write every projection anew from the log, while the desk runs; how many incidents."""
    with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
        streams = [name for name in reading.streams(connection) if name != DESK]
        for model in projections.TABLES:
            orphans = models.table(model).c.reference.not_in(sa.select(models.Stream.name))
            connection.execute(sa.delete(models.table(model)).where(orphans))
        search.sweep(connection)
        for stream in streams:
            _rebuild(connection, stream, now)
    return len(streams)


def _rebuild(connection: Connection, stream: str, now: datetime) -> None:
    """Locked, since a writer's change of rows that are being replaced would be lost."""
    connection.execute(sa.select(models.Stream.seq).where(models.Stream.name == stream).with_for_update())
    incident = replay(reading.entries(connection, stream), stream)
    projections.rewrite(connection, incident, now)
    search.renew(connection, incident)


def mentions(words: list[str]) -> dict[str, list[int]]:
    """Incident -> seqs of entries whose typed text holds one of these words (case and way of composing ignored)."""
    found: dict[str, list[int]] = {}
    wanted = [_plain(word.strip()) for word in words if word.strip()]
    query = sa.select(models.Entry.stream, models.Entry.seq, models.EntryBody.body)
    query = query.join(models.EntryBody, models.EntryBody.entry_id == models.Entry.id)
    query = query.where(models.EntryBody.body.is_not(None), models.Entry.stream != DESK).order_by(
        models.Entry.stream, models.Entry.seq
    )
    with db.engine.connect() as connection:
        for row in connection.execute(query):
            typed = _plain("\n".join(_texts(json.loads(row.body))))
            if any(word in typed for word in wanted):
                found.setdefault(row.stream, []).append(row.seq)
    return found


def _plain(text: str) -> str:
    return normalize("NFC", text).casefold()


def _texts(value: Any) -> Iterator[str]:
    """Every text inside a body; its keys are ours, not typed."""
    if isinstance(value, str):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _texts(part)
