"""Backup and restore, while the desk runs: one zip with every table as JSON lines, the files, and the secrets.

The zip fits either kind of database, so it also moves a desk from SQLite to PostgreSQL. It holds everything
people typed, password hashes and the desk's secrets: keep it like the desk itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from firebreak import files, maintenance
from firebreak.store import db, models, triggers
from firebreak.store.engine import WRITES, snapshot

FORMAT = 1
PASSING = frozenset({"rate_count", "worker_beat", "print_job", "presence", "search_text", "alembic_version"})


DAMAGED = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError),
    *(KeyError, ValueError, TypeError, AttributeError, SQLAlchemyError),
)
"""What reading a damaged or foreign zip may raise."""


class BackupError(RuntimeError):
    """A backup that cannot be written or read; one line that says why."""


def tables() -> list[sa.Table]:
    """Every table worth keeping, parents before children."""
    return [table for table in db.metadata.sorted_tables if table.name not in PASSING]


def backup(target: Path) -> dict[str, int]:
    """Write everything to `target`, for its owner only; table -> rows. Replaces a file whole or not at all."""
    part = target.with_name(target.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as raw:
            counts = _write(raw)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BackupError(f"cannot write {target}: {error.strerror}") from None
    return counts


def _write(raw: Any) -> dict[str, int]:
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        with db.engine.connect().execution_options(**snapshot(db.engine)) as connection, connection.begin():
            counts = {table.name: _dump(archive, connection, table) for table in tables()}
            revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        _add_files(archive)
        manifest = {"format": FORMAT, "revision": revision, "rows": counts}
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    return counts


def _dump(archive: zipfile.ZipFile, connection: Connection, table: sa.Table) -> int:
    count = 0
    with archive.open(f"tables/{table.name}.jsonl", "w") as out:
        for row in connection.execution_options(yield_per=500).execute(sa.select(table)).mappings():
            out.write(json.dumps(dict(row), default=_plain, ensure_ascii=False).encode() + b"\n")
            count += 1
    return count


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else list(value)


def _instance() -> Path:
    return Path(current_app.config["FIREBREAK"].instance)


def _kept() -> Iterator[Path]:
    """Secrets, evidence, and playbooks written here, relative to the instance folder."""
    for part in ("secrets.json", "files", "playbooks"):
        place = _instance() / part
        found = [place] if place.is_file() else sorted(place.rglob("*"))
        yield from (path for path in found if path.is_file() and not path.is_symlink())


def _add_files(archive: zipfile.ZipFile) -> None:
    for path in _kept():
        inside = path.relative_to(_instance())
        if inside.parts[0] != "files" or len(path.name) == 64:
            archive.write(path, f"instance/{inside.as_posix()}")


def restore(source: Path, replace: bool = False) -> dict[str, int]:
    """Put everything back, in one transaction: all of it, or nothing. BackupError when it is not a whole backup,
    or when the desk already has incidents and `replace` is not set."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive)
            with db.engine.connect().execution_options(**WRITES) as connection, connection.begin():
                _only_into_an_empty_desk(connection, replace)
                _restore_files(archive)
                return _restore_tables(archive, connection, manifest)
    except DAMAGED as error:
        raise BackupError(f"cannot restore {source}: {_line(error)}") from None


def _line(error: BaseException) -> str:
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _only_into_an_empty_desk(connection: Connection, replace: bool) -> None:
    held = connection.execute(sa.select(sa.func.count()).select_from(models.Entry)).scalar_one()
    if held and not replace:
        raise BackupError("this desk has a record already; add --replace to put the backup in its place")


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    bad = archive.testzip()
    if manifest.get("format") != FORMAT or bad:
        raise BackupError(f"this is not a whole Firebreak backup{f': {bad} is damaged' if bad else ''}")
    with db.engine.connect() as connection:
        today = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if manifest["revision"] != today:
        raise BackupError(f"it was made by another version ({manifest['revision']}; this one is {today})")
    return manifest


def _restore_files(archive: zipfile.ZipFile) -> None:
    """Files first: bytes without an entry are harmless. Evidence is placed by its hash, never by a path."""
    for name in archive.namelist():
        parts = Path(name).parts
        if parts[:2] == ("instance", "files"):
            _place(files.path_of(parts[-1]), _unchanged(parts[-1], archive.read(name)))
        elif parts[:2] == ("instance", "playbooks") and len(parts) == 4 and ".." not in parts:
            _place(_instance() / "playbooks" / parts[2] / parts[3], archive.read(name))


def _unchanged(sha256: str, content: bytes) -> bytes:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BackupError(f"a file in it is not what it was: {sha256[:16]}")
    return content


def _place(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def _restore_tables(archive: zipfile.ZipFile, connection: Connection, manifest: dict[str, Any]) -> dict[str, int]:
    triggers.drop(connection)
    for table in reversed(tables()):
        connection.execute(sa.delete(table))
    counts = {table.name: _load(archive, connection, table) for table in tables()}
    triggers.create(connection)
    if counts != manifest["rows"]:
        raise BackupError("rows are missing from the backup")
    broken = [finding for finding in maintenance.findings(connection) if finding.broken]
    if broken:
        raise BackupError(f"the record in it is broken: {broken[0].stream}: {broken[0].broken}")
    maintenance.find_anew(connection)
    _restore_secrets(archive)
    return counts


def _load(archive: zipfile.ZipFile, connection: Connection, table: sa.Table) -> int:
    rows = [_typed(table, json.loads(line)) for line in archive.read(f"tables/{table.name}.jsonl").splitlines()]
    for start in range(0, len(rows), 500):
        connection.execute(sa.insert(table), rows[start : start + 500])
    key = next(iter(table.primary_key.columns))
    if connection.dialect.name == "postgresql" and key.name == "id":
        last = sa.select(sa.func.max(key)).scalar_subquery()
        connection.execute(sa.select(sa.func.setval(f"{table.name}_id_seq", sa.func.coalesce(last, 1))))
    return len(rows)


def _typed(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    from firebreak.store.types import UTCDateTime

    times = {column.name for column in table.columns if isinstance(column.type, UTCDateTime)}
    return {name: datetime.fromisoformat(v) if name in times and v else v for name, v in row.items()}


def _restore_secrets(archive: zipfile.ZipFile) -> None:
    """Passwords and two-factor codes only work with the secrets they were made with."""
    path = _instance() / "secrets.json"
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(archive.read("instance/secrets.json"))
    part.replace(path)
