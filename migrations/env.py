"""Alembic's environment: the app's own engine, one transaction. The log is never altered in batch mode."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask import current_app

from firebreak.store import search
from firebreak.store.engine import WRITES

PLAIN = {"UTCDateTime": "sa.DateTime(timezone=True)", "AsaList": "sa.UnicodeText()"}


def plain(kind: str, value: Any, _context: Any) -> str | Literal[False]:
    """Our column types as SQLAlchemy's own, so that an old migration needs no code of today."""
    return PLAIN.get(type(value).__name__, False) if kind == "type" else False


def run() -> None:
    """Bring the database of the current app to the version asked for."""
    search.tell_index()
    database = current_app.extensions["migrate"].db
    with database.engine.connect().execution_options(**WRITES) as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=plain,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
