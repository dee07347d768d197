"""How we talk to SQLite and PostgreSQL.

SQLite: WAL, synchronous=FULL, foreign keys, and BEGIN IMMEDIATE for writers. With the driver's own deferred
transactions, processes that read and then write lose updates without an error.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import postgresql, sqlite

BUSY_SECONDS = 10
WRITES = {"writes": True}
PRAGMAS = (
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",  # what was erased is overwritten, not just forgotten
)


def options(url: str) -> dict[str, Any]:
    """Engine options for this kind of database. Errors never hold values: they are logged, and values are secret."""
    shared = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return shared | {
            "connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False},
            "pool_size": 20,
            "max_overflow": 60,
        }
    return shared | {"pool_size": 10, "max_overflow": 60, "pool_pre_ping": True}


def prepare(engine: Engine) -> None:
    """Hook the pragmas and the kind of BEGIN into a SQLite engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)


def _configure(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def snapshot(engine: Engine) -> dict[str, Any]:
    """Execution options for reading many tables as of one instant. Readers of SQLite have that anyway."""
    return {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}


def insert_once(connection: Connection, model: type[Any], **values: Any) -> None:
    """INSERT … ON CONFLICT DO NOTHING, alike on both databases."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(model).values(**values).on_conflict_do_nothing())
