"""How we talk to SQLite and PostgreSQL.

SQLite: WAL, synchronous=FULL, foreign keys, and BEGIN IMMEDIATE for writers. With the driver's own deferred
transactions, processes that read and then write lose updates without an error.

A connection whose other end has gone (a server that was restarted, a file that was moved away) is found when it is
taken from the pool, by one call of the operating system and no round trip: nobody meets the fault of a connection
that died while it lay idle.
"""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, ExceptionContext, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError

from firebreak.store import faults

BUSY_SECONDS = 10
"""How long a writer waits for another one, on both databases."""
IDLE_SECONDS = 60.0
"""After this a connection is asked before it is used: what stands between may have forgotten it without a word."""
WRITES = {"writes": True}
PRAGMAS = (
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",  # what was erased is overwritten, not just forgotten
)
PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""For libpq, which would wait minutes for a machine that is gone. Seconds; the last one milliseconds."""


def options(url: str) -> dict[str, Any]:
    """Engine options for this kind of database. Errors never hold values: they are logged, and values are secret."""
    shared = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return shared | {
            "connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False},
            "pool_size": 20,
            "max_overflow": 60,
        }
    chosen = make_url(url).query
    ours = {name: value for name, value in PATIENCE.items() if name not in chosen}
    return shared | {"pool_size": 10, "max_overflow": 60, "connect_args": ours}


def prepare(engine: Engine) -> None:
    """Hook the pragmas, the kind of BEGIN and the look at pooled connections into an engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _never_make)
        event.listen(engine, "connect", _configure)
        event.listen(engine, "checkout", _same_file)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "connect", _bounded)
        event.listen(engine, "checkin", _laid_down)
        event.listen(engine, "checkout", _alive)
        event.listen(engine, "begin", _working)
        event.listen(engine, "commit", _committing)
        event.listen(engine, "handle_error", _note_commit)


# --- SQLite ----------------------------------------------------------------------------------------


def make(engine: Engine) -> None:
    """Make the file of a new SQLite desk, empty, for its owner only. Connecting never does."""
    path = Path(str(engine.url.database))
    if engine.dialect.name == "sqlite" and path.parent.is_dir() and not path.exists():
        path.touch(mode=0o600)


def _never_make(_dialect: object, record: Any, words: list[Any], named: dict[str, Any]) -> None:
    """A file that was moved away must not be answered with a fresh, empty desk."""
    path = str(words[0])
    if not path.startswith("file:"):
        words[0], named["uri"] = f"file:{quote(path)}?mode=rw", True
        record.info["path"] = path


def _configure(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    record.info["file"] = _file(record)


def _file(record: Any) -> tuple[int, int] | None:
    with suppress(OSError, KeyError):
        found = os.stat(record.info["path"])  # noqa: PTH116  (a path object takes longer than the look)
        return found.st_dev, found.st_ino
    return None


def _same_file(_connection: Any, record: Any, _fairy: object) -> None:
    """What is written into a file that was deleted or replaced is lost, and SQLite says nothing."""
    if _file(record) != record.info["file"]:
        raise DisconnectionError("the file of the database is another one than before")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


# --- PostgreSQL ------------------------------------------------------------------------------------


def _bounded(connection: Any, record: Any) -> None:
    """Nobody waits for a lock longer than with SQLite."""
    connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    connection.commit()
    record.info["since"] = time.monotonic()


def _laid_down(_connection: object, record: Any) -> None:
    record.info["since"] = time.monotonic()


def _alive(connection: Any, record: Any, _fairy: object) -> None:
    """A server that ends says so, and the kernel notes it: then there is something to read where nothing should be."""
    idle = time.monotonic() - record.info["since"]
    if (idle > IDLE_SECONDS or _something_to_read(connection)) and not _answers(connection):
        raise InvalidatePoolError


def _something_to_read(connection: Any) -> bool:
    if connection.closed:
        return True
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return bool(look.poll(0))


def _answers(connection: Any) -> bool:
    """One round trip. What was to be read may be harmless, such as a changed setting of the server."""
    with suppress(Exception):
        connection.execute("SELECT 1")
        connection.rollback()
        return True
    return False


def _working(connection: Connection) -> None:
    connection.info["committing"] = False


def _committing(connection: Connection) -> None:
    connection.info["committing"] = True


def _note_commit(context: ExceptionContext) -> None:
    """A connection lost within a commit is told apart: what was to be saved may have been saved."""
    lost = context.connection is not None and context.is_disconnect and context.sqlalchemy_exception is not None
    if lost and context.connection.info.get("committing"):  # type: ignore[union-attr]
        setattr(context.sqlalchemy_exception, faults.IN_COMMIT, True)


# --- both ------------------------------------------------------------------------------------------


def snapshot(engine: Engine) -> dict[str, Any]:
    """Execution options for reading many tables as of one instant. Readers of SQLite have that anyway."""
    return {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}


def insert_once(connection: Connection, model: type[Any], **values: Any) -> None:
    """INSERT … ON CONFLICT DO NOTHING, alike on both databases."""
    connection.execute(_once(model, connection.dialect.name), values)  # type: ignore[arg-type]


@cache
def _once(model: type[Any], dialect: str) -> Any:
    return insert(model, dialect).on_conflict_do_nothing()


def insert(model: Any, dialect: str) -> Any:
    """The INSERT of one of our two databases, which knows ON CONFLICT. The other's takes long to import."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(model)
